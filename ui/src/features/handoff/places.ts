/** Where the lines of a briefing come from: a printed reference to a session and a position in it. */
import type { Briefing, MadeBriefing, SessionId } from "../../backend/views";

/** A session under the label that citations have for it. */
export interface Labelled {
  label: string;
  id: SessionId;
}

export interface Place {
  session: SessionId;
  at: number;
}

/** `#12` or `s2#12` as a place; null for what is no message of a stored session. */
export function placeOf(reference: string, sessions: readonly Labelled[]): Place | null {
  const parts = /^(s\d+)?#(\d+)$/.exec(reference);
  if (parts === null) return null;
  const session = sessions.find(({ label }) => label === (parts[1] ?? ""));
  return session === undefined ? null : { session: session.id, at: Number(parts[2]) };
}

/** The sessions that a kept briefing cites. One that was kept before labels were tells none. */
export function citedBy({ cited }: Briefing): Labelled[] {
  return (cited ?? []).map(({ label, session }) => ({ label, id: session }));
}

/** What must not be lost and does not stand in the text, each once: several questions may want the same fact. */
export function lostOf({ coverage }: Pick<Briefing, "coverage">): LostFact[] {
  return [...new Map((coverage.loss?.lost ?? []).map((fact) => [fact.text, fact])).values()];
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
export function sectionsOf(items: readonly Item[]): { kind: ItemKind; items: Item[] }[] {
  const kinds = [...new Set(items.map((item) => item.kind))];
  return kinds.map((kind) => ({ kind, items: items.filter((item) => item.kind === kind) }));
}

type Item = Briefing["items"][number];
export type ItemKind = Item["kind"];
export type LostFact = NonNullable<Briefing["coverage"]["loss"]>["lost"][number];
