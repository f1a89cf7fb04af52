/** Which answers a thread offers: those with keys, and the buttons beside the list. */
import type { ThreadView } from "../../backend/views";
import { allowMore, approve, open, openExecution, reject, skip, tryAgain } from "./actions";

/** The answers that have keys. A question is answered in its own field. */
export function answersFor(chosen: ThreadView | undefined) {
  switch (chosen?.kind) {
    case "failed_step":
      return [tryAgain, skip, reject];
    case "stopped":
      return [allowMore];
    case "question":
    case "failed":
      return [];
    default:
      return [approve, reject];
  }
}

/** Everything else by buttons. */
export function peekActions({ kind }: ThreadView) {
  switch (kind) {
    case "question":
      return [];
    case "failed_step":
      return [tryAgain, skip, open];
    case "stopped":
      return [allowMore, openExecution];
    case "failed":
      return [openExecution];
    default:
      return [open, approve];
  }
}
