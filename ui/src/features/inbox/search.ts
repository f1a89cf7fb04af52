/** What of the inbox stands in the address: the kind that is shown, and the selected thread. */
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
} {
  return {
    selected: typeof search.selected === "string" ? search.selected : undefined,
    kind: kinds.find((kind) => kind === search.kind),
  };
}
