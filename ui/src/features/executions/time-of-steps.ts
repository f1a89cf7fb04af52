/** Times of steps as the views draw them. What still goes on is counted up to now. */
import type { StepView } from "../../backend/views";
import { instant, unionLength } from "../../lib/span";

export interface Stretch {
  kind: "ran" | "failed" | "approval" | "retry";
  from: number;
  to: number;
  /** It still goes on. */
  open: boolean;
}

/** Attempts and waits of a step in the order of time. */
export function stretchesOf(step: StepView, now: number): Stretch[] {
  const waits = step.waits.map((wait) => stretch(wait.on, wait.from, wait.until, now));
  return [...attemptsOf(step, now), ...waits.filter((each) => each !== null)].sort(
    (one, other) => one.from - other.from,
  );
}

/** What running side by side saved against one step after another, in milliseconds. */
export function savedInParallel(steps: readonly StepView[], now: number): number {
  const ran = steps.flatMap((step) => attemptsOf(step, now)).map(({ from, to }) => [from, to] as const);
  const oneByOne = ran.reduce((sum, [from, to]) => sum + to - from, 0);
  return Math.max(0, oneByOne - unionLength(ran));
}

/** Time in which at least one of the stretches of that kind went on, in milliseconds. */
export function timeSpent(kind: Stretch["kind"], stretches: readonly Stretch[]): number {
  return unionLength(
    stretches.filter((each) => each.kind === kind).map(({ from, to }) => [from, to] as const),
  );
}

function attemptsOf(step: StepView, now: number): Stretch[] {
  return step.attempts
    .map((attempt) => {
      const well = attempt.outcome === "succeeded" || attempt.outcome === "running";
      return stretch(well ? "ran" : "failed", attempt.started_at, attempt.ended_at, now);
    })
    .filter((each) => each !== null);
}

function stretch(kind: Stretch["kind"], from: string, to: string | null, now: number): Stretch | null {
  const start = instant(from);
  if (start === null) return null;
  const end = instant(to);
  return { kind, from: start, to: Math.max(start, end ?? now), open: end === null };
}
