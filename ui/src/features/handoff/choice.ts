/** What a person chose to happen before a handoff goes out; what they left alone is as it is proposed. */
import type { HandoffPlan } from "../../backend/views";

export interface Choice {
  file: boolean;
  /** Undefined: as the project's rule says. */
  commit: boolean | undefined;
  branch: string | undefined;
  paths: readonly string[] | undefined;
}

export const PROPOSED: Choice = { file: true, commit: undefined, branch: undefined, paths: undefined };

/** The files that would be committed. */
export function pathsOf({ files }: HandoffPlan, { paths }: Choice): readonly string[] {
  return paths ?? files.filter(({ touched }) => touched).map(({ path }) => path);
}

/** The choice in the words of the API; without a plan nothing but the queue entry is asked for. */
export function sendingOf(plan: HandoffPlan | undefined, choice: Choice) {
  if (plan === undefined) return { write_file: false, commit: "no" as const };
  const can = plan.git !== null && plan.blocked === null && plan.files.length > 0;
  const paths = pathsOf(plan, choice);
  const commit = can && paths.length > 0 && (choice.commit ?? plan.rule?.when === "always");
  return {
    write_file: choice.file && plan.file !== null,
    commit: commit ? ("yes" as const) : ("no" as const),
    commit_paths: commit ? [...paths] : null,
    commit_branch: commit ? (choice.branch ?? null) : null,
  };
}
