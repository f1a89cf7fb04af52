/**
 * Lines of attempts while they run. The journal gives them only when their attempt has ended, so until
 * then they come from a stream of their own, and what was written before it began is read once.
 *
 * Invariant: the memory is flat. Of lines that nobody scrolled to, the oldest are let go.
 */
import type { Transport } from "./transport";
import type { Answer, ExecutionId } from "./views";

export interface LiveLine {
  step: string;
  attempt: number;
  /** Where it begins in the log of its attempt, in bytes. */
  offset: number;
  at: string;
  text: string;
}

const MOST_LINES = 10_000;
/** Many lines become one change of the screen. */
const EVERY_MS = 100;
const RETRY_MS = 2_000;

type Running = readonly { step: string; attempt: number }[];

export class LiveLog {
  private lines: readonly LiveLine[] = [];
  private fresh: LiveLine[] = [];
  private past: LiveLine[] = [];
  private readonly listeners = new Set<() => void>();
  private readonly stopped = new AbortController();
  private timer: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly transport: Transport,
    private readonly id: ExecutionId,
  ) {}

  readonly current = (): readonly LiveLine[] => this.lines;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Follows until `stop`; never rejects. `running` is what is at work when it begins. */
  async run(running: Running): Promise<void> {
    const { signal } = this.stopped;
    while (!signal.aborted) {
      const onOpen = () => void this.readBefore(running);
      const onEvent = ({ data }: { data: unknown }) => this.arrived(data);
      const handlers = { onOpen, onEvent, onAlive: () => undefined };
      await this.transport.follow(null, handlers, signal, "log").catch(() => undefined);
      if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }

  stop(): void {
    this.stopped.abort();
    if (this.timer !== null) clearTimeout(this.timer);
  }

  private async readBefore(running: Running): Promise<void> {
    for (const { step, attempt } of running) {
      const params = { id: this.id, step, attempt };
      const past = await this.transport
        .call("executions.attempt_log", params, this.stopped.signal)
        .catch((): Answer<"executions.attempt_log"> | null => null);
      if (past === null || past.text === "") continue;
      const at = new Date().toISOString();
      let offset = 0;
      for (const text of past.text.replace(/\n$/, "").split("\n")) {
        this.past.push({ step, attempt, offset, at, text });
        offset += new TextEncoder().encode(text).length + 1;
      }
      this.tellSoon();
    }
  }

  private arrived(data: unknown): void {
    const line = data as { execution_id?: unknown } & Omit<LiveLine, "at">;
    if (line.execution_id !== this.id) return;
    const { step, attempt, offset, text } = line;
    this.add({ step, attempt, offset, at: new Date().toISOString(), text: text.replace(/\n$/, "") });
  }

  private add(line: LiveLine): void {
    this.fresh.push(line);
    this.tellSoon();
  }

  private tellSoon(): void {
    this.timer ??= setTimeout(() => this.tell(), EVERY_MS);
  }

  private tell(): void {
    this.timer = null;
    const seen = new Set(this.lines.map(keyOf));
    // What was read at the beginning and what the stream gave may overlap.
    const isNew = (line: LiveLine) => {
      const key = keyOf(line);
      const first = !seen.has(key);
      seen.add(key);
      return first;
    };
    const before = this.past.filter(isNew);
    const after = this.fresh.filter(isNew);
    this.past = [];
    this.fresh = [];
    if (before.length + after.length === 0) return;
    this.lines = [...before, ...this.lines, ...after].slice(-MOST_LINES);
    for (const listener of this.listeners) listener();
  }
}

function keyOf({ step, attempt, offset }: LiveLine): string {
  return `${step}.${attempt}.${offset}`;
}
