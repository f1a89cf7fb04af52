/** What of the inbox stands in the address: the kind that is shown, and the selected question. */
import type { ApprovalView } from "../../backend/views";

export type Kind = ApprovalView["kind"];

/** In the order of their tabs. */
export const kinds = ["call", "question", "failed", "unknown_outcome"] as const satisfies readonly Kind[];

export function inboxSearch(search: Record<string, unknown>): {
  selected?: string | undefined;
  kind?: Kind | undefined;
} {
  return {
    selected: typeof search.selected === "string" ? search.selected : undefined,
    kind: kinds.find((kind) => kind === search.kind),
  };
}
