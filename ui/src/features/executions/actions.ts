/** What a person can do with one execution. */
import { Pause, Play, RotateCcw, Trash2, X } from "lucide-react";
import type { Action } from "../../actions/action";
import type { ExecutionStatus, ExecutionSummary } from "../../backend/views";

/** The execution, and how its screen asks before it cancels. */
export interface ExecutionSubject {
  execution: ExecutionSummary;
  /** A plan that was changed and not yet taken over: what would start is not what is shown. */
  changed?: boolean;
  askToCancel(): void;
}

export const pause: Action<ExecutionSubject> = {
  id: "execution.pause",
  label: "action.pause",
  icon: Pause,
  shortcut: "p",
  enabled: ({ execution }) => isOneOf(execution.status, ["running", "waiting"]),
  run: async ({ execution }, { backend }) => {
    await backend.transport.call("executions.pause", { id: execution.id });
  },
};

export const resume: Action<ExecutionSubject> = {
  id: "execution.resume",
  label: "action.resume",
  icon: Play,
  shortcut: "r",
  enabled: ({ execution }) => isOneOf(execution.status, ["paused", "stopped"]) || execution.undriven,
  run: async ({ execution }, { backend }) => {
    await backend.transport.call("executions.resume", { id: execution.id });
  },
};

export const start: Action<ExecutionSubject> = {
  id: "execution.start",
  label: "action.start",
  icon: Play,
  shortcut: "s",
  enabled: ({ execution, changed }) => execution.status === "proposed" && changed !== true,
  run: async ({ execution }, { backend }) => {
    await backend.transport.call("executions.start", { id: execution.id });
  },
};

/** Nothing has run, so nothing is asked. */
export const discard: Action<ExecutionSubject> = {
  id: "execution.discard",
  label: "action.discard",
  icon: Trash2,
  enabled: ({ execution }) => execution.status === "proposed",
  run: async ({ execution }, { backend, go }) => {
    await backend.transport.call("executions.cancel", { id: execution.id });
    go({ place: "executions" });
  },
};

/** Opens the question; the answer there calls {@link cancelNow}. */
export const cancel: Action<ExecutionSubject> = {
  id: "execution.cancel",
  label: "action.cancel",
  icon: X,
  shortcut: "c",
  enabled: ({ execution }) =>
    isOneOf(execution.status, ["proposed", "running", "waiting", "paused", "stopped"]),
  run: ({ askToCancel }) => askToCancel(),
};

export const cancelNow: Action<ExecutionSubject> = {
  id: "execution.cancel_now",
  label: "action.cancel",
  icon: X,
  enabled: cancel.enabled,
  run: async ({ execution }, { backend }) => {
    await backend.transport.call("executions.cancel", { id: execution.id });
  },
};

/** An execution that is over, and the step to begin at; without one, whatever had not ended well. */
export interface RerunSubject {
  execution: ExecutionSummary;
  from: string | undefined;
}

/** A new execution with the results of the steps before: proposed, so that it is looked at first. */
export const rerun: Action<RerunSubject> = {
  id: "execution.rerun",
  label: "action.rerun",
  icon: RotateCcw,
  shortcut: "shift+r",
  enabled: ({ execution }) => execution.ended_at !== null,
  run: async ({ execution, from }, { backend, go }) => {
    const { execution_id: id } = await backend.transport.call("executions.rerun", {
      id: execution.id,
      from: from ?? null,
      start: false,
    });
    go({ place: "execution", id });
  },
};

/** The same from the step that is looked at. */
export const rerunFrom: Action<RerunSubject> = {
  ...rerun,
  id: "execution.rerun_from",
  label: "action.rerun_from",
  shortcut: "r",
};

function isOneOf(status: ExecutionStatus, statuses: readonly ExecutionStatus[]): boolean {
  return statuses.includes(status);
}
