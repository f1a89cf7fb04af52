/**
 * Whether what is on the screen is what is true now.
 *
 * One stream follows the journal. After every gap the snapshots are fetched again first, and only
 * when they are here does the state say "live". A stream that gives no sign of life is broken.
 *
 * Invariant: after a gap, `live` is said only when every answer on the screen is newer than the gap.
 */
import { asProblem, type Problem, unreachable } from "./problem";
import type { CoreEvent, Transport } from "./transport";

export type LiveState =
  | { phase: "catching_up" }
  | { phase: "live" }
  | { phase: "offline"; since: Date; problem: Problem };

export interface LiveOptions {
  /** Fetches again everything on the screen that carries one of these tags, or everything. */
  refresh(tags: ReadonlySet<string> | "all"): Promise<void>;
  retryMs?: readonly number[];
}

const RETRY_MS = [250, 500, 1_000, 2_000, 4_000, 8_000] as const;

export class Live {
  private state: LiveState = { phase: "catching_up" };
  private readonly listeners = new Set<() => void>();
  private readonly stopped = new AbortController();
  private after: number | null = null;
  private failures = 0;
  private lastWell: Date | null = null;
  private waiting: Set<string> | "all" = new Set();
  private refreshing: Promise<void> | null = null;
  private wake: (() => void) | null = null;

  constructor(
    private readonly transport: Transport,
    private readonly options: LiveOptions,
  ) {}

  readonly current = (): LiveState => this.state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Follows until `stop`; never rejects. */
  async run(): Promise<void> {
    const { signal } = this.stopped;
    while (!signal.aborted) {
      const problem = await this.followOnce(signal);
      if (signal.aborted) return;
      this.lastWell ??= new Date();
      this.set({ phase: "offline", since: this.lastWell, problem });
      await this.pause(signal);
    }
  }

  stop(): void {
    this.stopped.abort();
    this.wake?.();
  }

  /** Tries again at once, for a button and for a network that came back. */
  readonly retryNow = (): void => {
    this.failures = 0;
    this.wake?.();
  };

  /** The page is looked at again: no reason to wait out a long pause. */
  readonly wakeUp = (): void => {
    if (this.state.phase === "offline") this.retryNow();
  };

  private async followOnce(signal: AbortSignal): Promise<Problem> {
    const attempt = new AbortController();
    const abort = () => attempt.abort();
    signal.addEventListener("abort", abort);
    const { silenceMs } = this.transport;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const onAlive = () => {
      this.lastWell = new Date();
      clearTimeout(timer);
      if (silenceMs !== null) timer = setTimeout(abort, silenceMs);
    };
    try {
      if (silenceMs !== null) timer = setTimeout(abort, silenceMs);
      const onOpen = () => this.opened();
      const onEvent = (event: CoreEvent) => this.arrived(event);
      await this.transport.follow(this.after, { onOpen, onEvent, onAlive }, attempt.signal);
      return unreachable(attempt.signal.aborted ? "no sign of life" : "the stream ended");
    } catch (thrown) {
      return asProblem(thrown);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
    }
  }

  private opened(): void {
    this.failures = 0;
    this.lastWell = new Date();
    this.set({ phase: "catching_up" });
    this.waiting = "all";
    this.flush();
  }

  private arrived(event: CoreEvent): void {
    if (event.id !== null) this.after = event.id;
    // Too slow a reader is sent away; the stream ends and the next one starts with fresh snapshots.
    if (event.name === "reset") this.after = null;
    for (const tag of tagsOf(event)) if (this.waiting !== "all") this.waiting.add(tag);
    this.flush();
  }

  /** One refresh at a time; what arrives meanwhile is fetched by the next, so none is lost or cut. */
  private flush(): void {
    if (this.refreshing !== null) return;
    this.refreshing = this.drain().finally(() => {
      this.refreshing = null;
      if (this.hasWaiting()) this.flush();
      else if (this.state.phase === "catching_up") this.set({ phase: "live" });
    });
  }

  private async drain(): Promise<void> {
    // One turn of the loop, so that the events of one piece of the stream become one refresh.
    await new Promise((resolve) => setTimeout(resolve, 0));
    const tags = this.waiting;
    this.waiting = new Set();
    if (tags === "all" || tags.size > 0) await this.options.refresh(tags).catch(() => undefined);
  }

  private hasWaiting(): boolean {
    return this.waiting === "all" || this.waiting.size > 0;
  }

  private async pause(signal: AbortSignal): Promise<void> {
    const steps = this.options.retryMs ?? RETRY_MS;
    const base = steps[Math.min(this.failures, steps.length - 1)] ?? 8_000;
    this.failures += 1;
    const jitter = base * (0.5 + Math.random() / 2);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, jitter);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (signal.aborted) this.wake();
    });
    this.wake = null;
  }

  private set(next: LiveState): void {
    const same = next.phase === this.state.phase && next.phase !== "offline";
    if (same) return;
    this.state = next;
    for (const listener of this.listeners) listener();
  }
}

/** What the event says has changed. An event that names nothing changes nothing that is fetched. */
export function tagsOf({ data }: CoreEvent): string[] {
  const fields = typeof data === "object" && data !== null ? (data as Record<string, unknown>) : {};
  return Array.isArray(fields.tags) ? fields.tags.filter((tag) => typeof tag === "string") : [];
}
