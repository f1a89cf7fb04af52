/** One written line about an execution, made from what is counted, never from a guess. */
import type { TFunction } from "i18next";
import type { ExecutionSummary } from "../../backend/views";

export function summaryLine(execution: ExecutionSummary, t: TFunction): string {
  const { status, steps_total: total, steps_done: done, steps_failed: failed, waiting } = execution;
  if (execution.undriven) return t("summary.undriven", { total, done });
  switch (status) {
    case "proposed":
      return t("summary.proposed", { count: total });
    case "running":
    case "waiting":
      return sentence([
        t("summary.running", { count: total, done }),
        waiting > 0 ? t("summary.waits", { count: waiting }) : null,
        failed > 0 ? t("summary.failed", { count: failed }) : null,
      ]);
    case "paused":
      return t("summary.paused", { done, total });
    case "cancelling":
      return t("summary.cancelling");
    case "done":
      return done === total ? t("summary.done", { count: total }) : t("summary.done_partly", { done, total });
    case "failed":
      return sentence([t("summary.failed", { count: failed }), t("summary.running", { count: total, done })]);
    case "cancelled":
      return t("summary.cancelled", { done, total });
    case "stopped":
      return t("summary.stopped", { done, total });
  }
}

function sentence(parts: readonly (string | null)[]): string {
  return parts.filter((part) => part !== null).join(", ");
}
