/** What of the inbox stands in the address: the kind that is shown, the selected thread, and whether it is looked at where there is no room beside the list. */
import type { ThreadView } from "../../backend/views";

export type Kind = ThreadView["kind"];

/** In the order of their tabs. */
export const kinds = [
  "approval",
  "question",
  "failed_step",
  "unknown_outcome",
  "ran_out",
  "handoff",
  "stopped",
  "failed",
] as const satisfies readonly Kind[];

export function inboxSearch(search: Record<string, unknown>): {
  selected?: string | undefined;
  kind?: Kind | undefined;
  look?: true | undefined;
} {
  return {
    selected: typeof search.selected === "string" ? search.selected : undefined,
    kind: kinds.find((kind) => kind === search.kind),
    look: search.look === true ? true : undefined,
  };
}

/** The very thread in the inbox: its question where one is asked, else the thread itself. */
export function inboxAddress({ id, approval }: ThreadView) {
  return approval === null ? { selected: id, look: true as const } : { approval: approval.id };
}
