/** The clock for what is shown, one timer for all who look; it stands still when nobody does. */
import { useSyncExternalStore } from "react";

class Clock {
  private now = Date.now();
  private readonly listeners = new Set<() => void>();
  private timer: ReturnType<typeof setInterval> | null = null;

  constructor(private readonly everyMs: number) {}

  readonly read = (): number => this.now;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    if (this.timer === null) {
      this.now = Date.now();
      this.timer = setInterval(() => this.tick(), this.everyMs);
    }
    return () => this.leave(listener);
  };

  private tick(): void {
    this.now = Date.now();
    for (const listener of this.listeners) listener();
  }

  private leave(listener: () => void): void {
    this.listeners.delete(listener);
    if (this.listeners.size > 0 || this.timer === null) return;
    clearInterval(this.timer);
    this.timer = null;
  }
}

const clocks = new Map<number, Clock>();

/** Milliseconds since the epoch, renewed every `everyMs`. */
export function useNow(everyMs = 1_000): number {
  const clock = clocks.get(everyMs) ?? new Clock(everyMs);
  clocks.set(everyMs, clock);
  return useSyncExternalStore(clock.subscribe, clock.read);
}
