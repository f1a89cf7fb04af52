/** What can be done from the list, without leaving it. */
import { Check, CornerDownLeft, Play, RotateCw, SkipForward, X } from "lucide-react";
import type { Action } from "../../actions/action";
import { cursorMoves } from "../../actions/cursor";
import type { ApprovalView, ThreadView } from "../../backend/views";
import { toComposer } from "./draft-actions";

export interface InboxPlace {
  items: readonly ThreadView[];
  chosen: ThreadView | undefined;
  /** The chosen one has been on the screen long enough, whole and exact, beside the list. */
  shown: boolean;
  answered(thread: ThreadView): void;
  /** Shows what it is, beside the list or over it. */
  look(thread: ThreadView): void;
}

export const moves = cursorMoves("inbox");

/** The question, or what there is where nothing is asked. Looking at something makes nothing. */
export const open: Action<InboxPlace> = {
  id: "inbox.open",
  label: "action.review",
  icon: CornerDownLeft,
  shortcut: "enter",
  enabled: ({ chosen }) => chosen !== undefined,
  run: ({ chosen, look }, { go }) => {
    if (chosen === undefined) return;
    const { approval, draft, handoff, execution } = chosen;
    if (approval !== null) go({ place: "approval", id: approval.id });
    else if (draft !== null && draft.project_id === null) look(chosen);
    else if (draft !== null) toComposer(draft, go);
    else if (handoff !== null) go({ place: "handoffs", id: handoff.id });
    else if (execution !== null) go({ place: "execution", id: execution.id });
  },
};

/** Where nothing is asked there is nothing to review. */
export const openExecution: Action<InboxPlace> = {
  ...open,
  id: "inbox.open_execution",
  label: "action.open",
};

/** In place only what can be undone and is shown whole; everything else is opened first. */
export const approve: Action<InboxPlace> = {
  id: "inbox.approve",
  label: "action.approve",
  icon: Check,
  shortcut: "a",
  enabled: ({ chosen }) => chosen?.approval != null && chosen.kind !== "question",
  run: async ({ chosen, shown, answered }, { backend, go }) => {
    const approval = chosen?.approval;
    if (chosen === undefined || approval == null) return;
    if (!shown || !isAnsweredInPlace(approval)) return go({ place: "approval", id: approval.id });
    await backend.transport.call("approvals.approve", {
      id: approval.execution_id,
      approval_id: approval.id,
    });
    answered(chosen);
  },
};

/** A failed step is tried again: the same answer, in its own words. */
export const tryAgain: Action<InboxPlace> = {
  ...approve,
  id: "inbox.try_again",
  label: "action.try_again",
  icon: RotateCw,
};

/** A failed step is left out; what needs it runs and sees nothing. */
export const skip: Action<InboxPlace> = {
  id: "inbox.skip",
  label: "action.skip",
  icon: SkipForward,
  shortcut: "s",
  enabled: ({ chosen, shown }) => chosen?.kind === "failed_step" && shown,
  run: async ({ chosen, answered }, { backend }) => {
    const approval = chosen?.approval;
    if (chosen === undefined || approval == null) return;
    await backend.transport.call("approvals.skip", { id: approval.execution_id, approval_id: approval.id });
    answered(chosen);
  },
};

/** What a limit stopped may use as much again. */
export const allowMore: Action<InboxPlace> = {
  id: "inbox.allow_more",
  label: "action.allow_more",
  icon: Play,
  shortcut: "a",
  enabled: ({ chosen, shown }) => chosen?.kind === "stopped" && shown,
  run: async ({ chosen, answered }, { backend }) => {
    if (chosen?.execution == null) return;
    await backend.transport.call("executions.resume", { id: chosen.execution.id });
    answered(chosen);
  },
};

/** What is known whole from beside the list: a call that can be undone, and a step that failed. */
function isAnsweredInPlace({ kind, reversible }: ApprovalView): boolean {
  return kind === "failed" || (kind === "call" && reversible);
}

/** A no wants its reason, so it is given in the opened question. */
export const reject: Action<InboxPlace> = {
  ...open,
  id: "inbox.reject",
  label: "action.reject",
  icon: X,
  shortcut: "r",
};
