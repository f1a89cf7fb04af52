/** Which answers a thread offers: those with keys, and the buttons beside the list. */
import type { ThreadView } from "../../backend/views";
import { allowMore, approve, open, openExecution, reject, skip, tryAgain } from "./actions";
import { handOver, makeProject, openComposer, rejectDraft, takeBack } from "./draft-actions";

/** The answers that have keys. A question is answered in its own field. */
export function answersFor(chosen: ThreadView | undefined) {
  switch (chosen?.kind) {
    case "failed_step":
      return [tryAgain, skip, reject];
    case "stopped":
      return [allowMore];
    case "question":
    case "failed":
    case "ran_out":
    case "handoff":
      return [];
    default:
      return [approve, reject];
  }
}

/** The answers to a draft, and to a handoff that waits. */
export function draftAnswersFor(chosen: ThreadView | undefined) {
  if (chosen?.kind === "ran_out")
    return [handOver, chosen.draft?.project_id == null ? makeProject : openComposer, rejectDraft];
  if (chosen?.kind === "handoff") return [takeBack];
  return [];
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
    case "ran_out":
      return [];
    case "handoff":
      return [openExecution];
    default:
      return [open, approve];
  }
}
