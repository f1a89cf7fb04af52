/** The answers to an approval. An answer is final: there is no undo for it. */
import { Check, CircleCheckBig, Reply, SkipForward, X } from "lucide-react";
import type { Action } from "../../actions/action";
import type { ApprovalView } from "../../backend/views";

export type Scope = "once" | ApprovalView["scopes"][number];

export interface Question {
  approval: ApprovalView;
  /** It has only just appeared: nothing answers it yet. */
  guarded: boolean;
  /** The input guard is over, and what must be read was read. */
  ready: boolean;
  /** How far the yes reaches. */
  scope: Scope;
  reason: string;
  /** The reason is being written. */
  rejecting: boolean;
  setRejecting(on: boolean): void;
  answered(approved: boolean): void;
}

export const approve: Action<Question> = {
  id: "approval.approve",
  label: "action.approve",
  icon: Check,
  shortcut: "mod+enter",
  enabled: ({ ready, rejecting }) => ready && !rejecting,
  run: async ({ approval, scope, answered }, { backend }) => {
    await backend.transport.call("approvals.approve", {
      id: approval.execution_id,
      approval_id: approval.id,
      ...(scope === "once" ? {} : { scope }),
    });
    answered(true);
  },
};

/** For an unknown outcome the same answer has another meaning, so it has other words. */
export const runAgain: Action<Question> = { ...approve, id: "approval.run_again", label: "action.run_again" };

/** A failed step is tried again. */
export const tryAgain: Action<Question> = {
  ...approve,
  id: "approval.try_again",
  label: "action.try_again",
};

/** A failed step is left out: what needs it runs and sees nothing. */
export const skip: Action<Question> = {
  id: "approval.skip",
  label: "action.skip",
  icon: SkipForward,
  shortcut: "s",
  enabled: ({ approval, ready, rejecting }) => ready && !rejecting && approval.kind === "failed",
  run: async ({ approval, answered }, { backend }) => {
    await backend.transport.call("approvals.skip", {
      id: approval.execution_id,
      approval_id: approval.id,
    });
    answered(true);
  },
};

/** It did happen: go on without running it again. */
export const happened: Action<Question> = {
  id: "approval.happened",
  label: "action.happened",
  icon: CircleCheckBig,
  shortcut: "h",
  enabled: ({ approval, ready, rejecting }) => ready && !rejecting && approval.kind === "unknown_outcome",
  run: async ({ approval, answered }, { backend }) => {
    await backend.transport.call("approvals.approve", {
      id: approval.execution_id,
      approval_id: approval.id,
      happened: true,
    });
    answered(true);
  },
};

export const askReason: Action<Question> = {
  id: "approval.ask_reason",
  label: "action.reject_with_reason",
  icon: X,
  shortcut: "r",
  enabled: ({ guarded, rejecting }) => !guarded && !rejecting,
  run: ({ setRejecting }) => setRejecting(true),
};

export const reject: Action<Question> = {
  id: "approval.reject",
  label: "action.reject",
  icon: X,
  shortcut: "mod+enter",
  enabled: ({ rejecting }) => rejecting,
  run: async ({ approval, reason, answered }, { backend }) => {
    await backend.transport.call("approvals.reject", {
      id: approval.execution_id,
      approval_id: approval.id,
      reason: reason.trim(),
    });
    answered(false);
  },
};

export const back: Action<Question> = {
  id: "approval.back",
  label: "action.back",
  icon: Reply,
  enabled: ({ rejecting }) => rejecting,
  run: ({ setRejecting }) => setRejecting(false),
};

/** A word in answer to a question of the plan. */
export interface Word {
  approval: ApprovalView;
  /** It has only just appeared: nothing answers it yet. */
  guarded: boolean;
  text: string;
  answered(): void;
}

export const say: Action<Word> = {
  id: "approval.answer",
  label: "action.answer",
  icon: Check,
  shortcut: "mod+enter",
  enabled: ({ guarded, text }) => !guarded && text.trim() !== "",
  run: async ({ approval, text, answered }, { backend }) => {
    await backend.transport.call("approvals.answer", {
      id: approval.execution_id,
      approval_id: approval.id,
      answer: text,
    });
    answered();
  },
};

/** No answer: the step fails. */
export const decline: Action<Word> = {
  id: "approval.decline",
  label: "action.decline",
  icon: X,
  enabled: ({ guarded }) => !guarded,
  run: async ({ approval, answered }, { backend }) => {
    await backend.transport.call("approvals.reject", {
      id: approval.execution_id,
      approval_id: approval.id,
      reason: "",
    });
    answered();
  },
};
