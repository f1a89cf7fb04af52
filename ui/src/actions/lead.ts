/**
 * Shortcuts of two keys, "g i": the first key leads, the second one decides. While a lead waits, no
 * single key means anything, so that "g e" never does what "e" does.
 */
const WAITS_MS = 1_000;

let waiting: { key: string; at: number } | null = null;
let current: { event: Event | null; key: string | null } = { event: null, key: null };

/** The lead that was pressed before this key, for every listener the same. */
export function leadBefore(event: KeyboardEvent): string | null {
  if (current.event !== event) {
    const fresh = waiting !== null && event.timeStamp - waiting.at < WAITS_MS;
    current = { event, key: fresh ? (waiting?.key ?? null) : null };
    waiting = null;
  }
  return current.key;
}

/** This key was the first of two. */
export function startLead(event: KeyboardEvent, key: string): void {
  leadBefore(event);
  waiting = { key, at: event.timeStamp };
}
