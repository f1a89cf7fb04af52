/** A person's order in the inbox: done, later, several at once, and back. An answer is never undone. */
import { AlarmClock, AlarmClockOff, ListChecks, MailCheck, Undo2, X } from "lucide-react";
import type { Action } from "../../actions/action";
import type { Backend } from "../../backend/backend";
import type { ThreadView } from "../../backend/views";
import { instant } from "../../lib/span";

export interface Triage {
  /** Those that are picked; else the chosen one. */
  targets: readonly ThreadView[];
  chosen: ThreadView | undefined;
  picked: number;
  pick(thread: ThreadView): void;
  clear(): void;
  /** Opens the choice of moments. */
  askWhen(): void;
  /** These were marked; the others of the targets were not. */
  marked(threads: readonly ThreadView[], what: { done: true } | { until: number } | { woken: true }): void;
}

export const done: Action<Triage> = {
  id: "inbox.done",
  label: "action.done",
  icon: MailCheck,
  shortcut: "e",
  enabled: ({ targets }) => targets.some(canBeDone),
  run: async ({ targets, marked }, { backend }) => {
    const threads = targets.filter(canBeDone);
    await backend.transport.call("threads.done", { ids: threads.map(({ id }) => id) });
    marked(threads, { done: true });
  },
};

export const snooze: Action<Triage> = {
  id: "inbox.snooze",
  label: "action.snooze",
  icon: AlarmClock,
  shortcut: "h",
  enabled: ({ targets }) => targets.length > 0,
  run: ({ askWhen }) => askWhen(),
};

/** What sleeps comes back at once. */
export const wake: Action<Triage> = {
  id: "inbox.wake",
  label: "action.wake",
  icon: AlarmClockOff,
  enabled: ({ targets }) => targets.some(({ snoozed_until }) => snoozed_until !== null),
  run: async ({ targets, marked }, { backend }) => {
    await backend.transport.call("threads.wake", { ids: targets.map(({ id }) => id) });
    marked(targets, { woken: true });
  },
};

export const pick: Action<Triage> = {
  id: "inbox.pick",
  label: "action.pick",
  icon: ListChecks,
  shortcut: "x",
  enabled: ({ chosen }) => chosen !== undefined,
  run: ({ chosen, pick: toggle }) => {
    if (chosen !== undefined) toggle(chosen);
  },
};

export const clear: Action<Triage> = {
  id: "inbox.clear",
  label: "action.clear",
  icon: X,
  shortcut: "escape",
  enabled: ({ picked }) => picked > 0,
  run: ({ clear: unpick }) => unpick(),
};

/** How one step is taken back. */
export type Undo = (backend: Backend) => Promise<void>;

/** Steps that can be taken back, the latest last. */
export interface Undoable {
  past: readonly Undo[];
  undone(): void;
}

export const undo: Action<Undoable> = {
  id: "inbox.undo",
  label: "action.undo",
  icon: Undo2,
  shortcut: "z",
  enabled: ({ past }) => past.length > 0,
  run: async ({ past, undone }, { backend }) => {
    const step = past.at(-1);
    // Once: what has gone on in between cannot be put back by trying again.
    undone();
    await step?.(backend);
  },
};

/** Snoozes until this moment. */
export async function snoozeUntil(
  threads: readonly ThreadView[],
  at: number,
  backend: Backend,
): Promise<void> {
  await backend.transport.call("threads.snooze", {
    ids: threads.map(({ id }) => id),
    until: new Date(at).toISOString(),
  });
}

function canBeDone({ needs_answer, done_at }: ThreadView): boolean {
  return !needs_answer && done_at === null;
}

/** Threads as they stood before they were marked. */
export async function putBack(threads: readonly ThreadView[], backend: Backend): Promise<void> {
  const slept = new Map<number, ThreadView[]>();
  for (const thread of threads) {
    const until = instant(thread.snoozed_until) ?? 0;
    slept.set(until, [...(slept.get(until) ?? []), thread]);
  }
  for (const [until, group] of slept) {
    if (until > Date.now()) await snoozeUntil(group, until, backend);
    else await backend.transport.call("threads.wake", { ids: group.map(({ id }) => id) });
  }
}
