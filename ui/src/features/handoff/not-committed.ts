/** A commit that was refused, in the words of the person: nothing was handed over, and why. */
import { Problem } from "../../backend/problem";

/** The problem with that sentence where it is one about the commit; any other stays as it is. */
export function notCommitted(problem: Problem, say: (why: string) => string): Problem {
  const { code, detail, hint, status } = problem;
  if (code !== "commit_failed" || detail === null) return problem;
  return new Problem(code, say(detail), hint, status, detail);
}
