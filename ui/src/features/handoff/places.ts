/** Where the lines of a briefing come from: a printed reference to a session and a position in it. */
import type { MadeBriefing, SessionId } from "../../backend/views";

export interface Place {
  session: SessionId;
  at: number;
}

/** `#12` or `s2#12` as a place; null for what is no message of a stored session. */
export function placeOf(reference: string, sessions: MadeBriefing["sessions"]): Place | null {
  const parts = /^(s\d+)?#(\d+)$/.exec(reference);
  if (parts === null) return null;
  const session = sessions.find(({ label }) => label === (parts[1] ?? ""));
  return session === undefined ? null : { session: session.id, at: Number(parts[2]) };
}

/** The positions of one session that the briefing cites, each with the lines that do. */
export function keptOf(
  { items, sessions }: MadeBriefing,
  session: SessionId,
): ReadonlyMap<number, readonly string[]> {
  const kept = new Map<number, string[]>();
  for (const item of items) {
    for (const source of item.sources) {
      const place = placeOf(source.ref, sessions);
      if (place === null || place.session !== session) continue;
      const lines = kept.get(place.at) ?? [];
      kept.set(place.at, [...lines, item.text]);
    }
  }
  return kept;
}

/** Items by section, in the order of the text. */
export function sectionsOf({ items }: MadeBriefing): { kind: ItemKind; items: MadeBriefing["items"] }[] {
  const kinds = [...new Set(items.map((item) => item.kind))];
  return kinds.map((kind) => ({ kind, items: items.filter((item) => item.kind === kind) }));
}

export type ItemKind = MadeBriefing["items"][number]["kind"];
