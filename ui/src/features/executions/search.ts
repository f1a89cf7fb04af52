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

export function executionsSearch(search: Record<string, unknown>): { status?: Filter } {
  const status = filters.find((filter) => filter === search.status);
  return status === undefined ? {} : { status };
}

export function executionSearch(search: Record<string, unknown>): { view?: View; step?: string } {
  const view = views.find((each) => each === search.view);
  return {
    ...(view === undefined ? {} : { view }),
    ...(typeof search.step === "string" ? { step: search.step } : {}),
  };
}
