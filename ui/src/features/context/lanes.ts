/** Where the sessions lie on a timeline, in hundredths of its width. */
import type { SessionView } from "../../backend/views";
import { instant } from "../../lib/span";

export interface Bar {
  session: SessionView;
  start: number;
  left: number;
  width: number;
}

/** Of an account, or of a tool where no account is known. */
export interface Lane {
  account: string | null;
  tool: string;
  bars: Bar[];
}

export interface Lanes {
  lanes: Lane[];
  from: number;
  to: number;
}

/** Narrower, and a bar could not be seen or hit. */
const NARROWEST = 0.8;

/** One lane for each account, or for the tool where no account is known. Sessions without a time have no place. */
export function lanesOf(sessions: readonly SessionView[]): Lanes {
  const timed = sessions.flatMap((session) => {
    const start = instant(session.started_at) ?? instant(session.ended_at);
    return start === null
      ? []
      : [{ session, start, end: Math.max(start, instant(session.ended_at) ?? start) }];
  });
  const from = Math.min(...timed.map(({ start }) => start));
  const to = Math.max(...timed.map(({ end }) => end));
  const length = Math.max(1, to - from);
  const lanes = new Map<string, Lane>();
  for (const { session, start, end } of timed) {
    const key = session.account_id ?? ` ${session.source}`;
    const lane = lanes.get(key) ?? { account: session.account_id, tool: session.source, bars: [] };
    const width = Math.max(NARROWEST, ((end - start) / length) * 100);
    const left = Math.min(100 - width, ((start - from) / length) * 100);
    lanes.set(key, { ...lane, bars: [...lane.bars, { session, start, left, width }] });
  }
  return { lanes: [...lanes.values()], from, to };
}
