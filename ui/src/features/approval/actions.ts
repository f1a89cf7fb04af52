/** The answers to an approval. An answer is final: there is no undo for it. */
import {
  Infinity as Always,
  Check,
  CheckCheck,
  CircleCheckBig,
  Pencil,
  Reply,
  SkipForward,
  X,
} from "lucide-react";
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
  /** What is written before the answer is given. */
  stage: Stage;
  setStage(stage: Stage): void;
  /** The arguments as they are being edited; null while they are no object. */
  edited: Record<string, unknown> | null;
  answered(approved: boolean): void;
}

/** Nothing, the reason of a no, the reach of a yes, or other arguments. */
export type Stage = "asked" | "rejecting" | "widening" | "editing";

export const approve: Action<Question> = {
  id: "approval.approve",
  label: "action.approve",
  icon: Check,
  shortcut: "mod+enter",
  enabled: ({ ready, stage }) => ready && stage === "asked",
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
  enabled: ({ approval, ready, stage }) => ready && stage === "asked" && approval.kind === "failed",
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
  enabled: ({ approval, ready, stage }) => ready && stage === "asked" && approval.kind === "unknown_outcome",
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
  enabled: ({ guarded, stage }) => !guarded && stage === "asked",
  run: ({ setStage }) => setStage("rejecting"),
};

export const reject: Action<Question> = {
  id: "approval.reject",
  label: "action.reject",
  icon: X,
  shortcut: "mod+enter",
  enabled: ({ stage }) => stage === "rejecting",
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
  enabled: ({ stage }) => stage !== "asked",
  run: ({ setStage }) => setStage("asked"),
};

/** The same call is not asked about again in this execution. */
export const approveHere: Action<Question> = {
  id: "approval.approve_execution",
  label: "action.approve_execution",
  icon: CheckCheck,
  shortcut: "mod+shift+enter",
  enabled: ({ approval, ready, stage }) =>
    ready && stage === "asked" && approval.scopes.includes("execution"),
  run: async ({ approval, answered }, { backend }) => {
    await backend.transport.call("approvals.approve", {
      id: approval.execution_id,
      approval_id: approval.id,
      scope: "execution",
    });
    answered(true);
  },
};

/** Leads to the rule in words; only there it is made. */
export const widen: Action<Question> = {
  id: "approval.widen",
  label: "action.approve_always",
  icon: Always,
  shortcut: "l",
  enabled: ({ approval, ready, stage }) =>
    ready && stage === "asked" && approval.scopes.some((scope) => scope !== "execution"),
  run: ({ setStage }) => setStage("widening"),
};

/** Makes the rule that is chosen and shown. */
export const approveAlways: Action<Question> = {
  id: "approval.approve_always",
  label: "action.make_rule",
  icon: Always,
  shortcut: "mod+enter",
  enabled: ({ scope, stage }) => stage === "widening" && scope !== "once",
  run: approve.run,
};

export const edit: Action<Question> = {
  id: "approval.edit",
  label: "action.edit",
  icon: Pencil,
  shortcut: "e",
  enabled: ({ approval, guarded, stage }) => !guarded && stage === "asked" && approval.kind === "call",
  run: ({ setStage }) => setStage("editing"),
};

/** Other arguments are another call: it is asked anew, with its own bytes and its own diff. */
export const putEdited: Action<Question> = {
  id: "approval.put_edited",
  label: "action.put_edited",
  icon: Check,
  shortcut: "mod+enter",
  enabled: ({ edited, stage }) => stage === "editing" && edited !== null,
  run: async ({ approval, edited, answered }, { backend, go }) => {
    if (edited === null) return;
    const { approval_id: next } = await backend.transport.call("approvals.edit", {
      id: approval.execution_id,
      approval_id: approval.id,
      args: edited,
    });
    if (next === null) answered(true);
    else go({ place: "approval", id: next });
  },
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
