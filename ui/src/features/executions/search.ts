/** What of this place stands in the address: the filter of the list, the view and the selected step. */
import type { ExecutionStatus } from "../../backend/views";

/** Statuses that the list filters by, in the order of their tabs. */
export const filters = [
  "running",
  "waiting",
  "paused",
  "done",
  "failed",
  "cancelled",
] as const satisfies readonly ExecutionStatus[];
export type Filter = (typeof filters)[number];

export const views = ["graph", "timeline", "log", "table"] as const;
export type View = (typeof views)[number];

/** What stands below the view: what was found, and the measures. */
export const details = ["context", "metrics", "trace", "plan"] as const;
export type Detail = (typeof details)[number];

/** A key that is not understood is set to nothing: left out, the router would pass on what stands there. */
export function executionsSearch(search: Record<string, unknown>): { status?: Filter | undefined } {
  return { status: filters.find((filter) => filter === search.status) };
}

export function executionSearch(search: Record<string, unknown>): {
  view?: View | undefined;
  step?: string | undefined;
  tab?: Detail | undefined;
  /** A line of the log: its event, and which line of it. */
  line?: string | undefined;
} {
  return {
    tab: details.find((each) => each === search.tab),
    line: typeof search.line === "string" && /^\d+-\d+$/.test(search.line) ? search.line : undefined,
    view: views.find((each) => each === search.view),
    step: typeof search.step === "string" ? search.step : undefined,
  };
}
