/** The lines of attempts that are at work, after those that the journal has. */
import { useEffect, useMemo, useState } from "react";
import { type LiveLine, LiveLog } from "../../backend/live-log";
import type { AddressedLine, Log } from "../../backend/queries";
import { useBackend } from "../../backend/use-backend";
import type { ExecutionDetail } from "../../backend/views";

export function useLiveLines(execution: ExecutionDetail, log: Log | undefined): readonly AddressedLine[] {
  const { transport } = useBackend();
  const { id, ended_at } = execution.execution;
  const [live, setLive] = useState<readonly LiveLine[]>([]);
  const over = ended_at !== null;
  const running = execution.steps
    .filter((step) => step.status === "running")
    .map((step) => ({ step: step.id, attempt: step.attempts.at(-1)?.number ?? 1 }));
  // biome-ignore lint/correctness/useExhaustiveDependencies: what runs at the beginning; the stream tells the rest.
  useEffect(() => {
    if (over) return;
    const following = new LiveLog(transport, id);
    const leave = following.subscribe(() => setLive(following.current()));
    void following.run(running);
    return () => {
      leave();
      following.stop();
    };
  }, [transport, id, over]);
  return useMemo(() => joined(log?.lines ?? [], live), [log, live]);
}

/** Of an attempt that has ended the journal has the lines: those that came live give way to them. */
function joined(kept: readonly AddressedLine[], live: readonly LiveLine[]): readonly AddressedLine[] {
  if (live.length === 0) return kept;
  const ended = new Set(
    kept.filter((line) => line.level === "output").map((line) => `${line.step}.${line.attempt}`),
  );
  const added = live
    .filter((line) => !ended.has(`${line.step}.${line.attempt}`))
    .map(({ step, attempt, offset, at, text }): AddressedLine => {
      const address = `live-${step}-${attempt}-${offset}`;
      return { seq: 0, at, level: "output", step, attempt, text, address };
    });
  return added.length === 0 ? kept : [...kept, ...added];
}
