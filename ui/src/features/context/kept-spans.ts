/** Where the lines of a briefing stand in the message that they cite. */

export interface Span {
  from: number;
  to: number;
}

/** Shorter pieces stand anywhere by chance. */
const SHORTEST = 6;
/** Signs that a line of a briefing has and its source has not, or the other way round. */
const PASSED_OVER = /[`*\\"“”„'’]/;

/** The stretches of a text that these lines quote, in order and without overlap. */
export function spansOf(text: string, lines: readonly string[]): Span[] {
  const plain = plainOf(text);
  const found = lines
    .flatMap((line) => line.split("…"))
    .map((piece) => plainOf(piece).text.trim())
    .filter((piece) => piece.length >= SHORTEST)
    .flatMap((piece) => {
      const at = plain.text.indexOf(piece);
      if (at < 0) return [];
      const from = plain.places[at];
      const last = plain.places[at + piece.length - 1];
      return from === undefined || last === undefined ? [] : [{ from, to: last + 1 }];
    })
    .sort((one, other) => one.from - other.from);
  const joined: Span[] = [];
  for (const span of found) {
    const last = joined.at(-1);
    if (last !== undefined && span.from <= last.to) last.to = Math.max(last.to, span.to);
    else joined.push({ ...span });
  }
  return joined;
}

/** The letters that are compared, and where each stands in the text. */
function plainOf(text: string): { text: string; places: number[] } {
  let plain = "";
  const places: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at] ?? "";
    if (PASSED_OVER.test(sign)) continue;
    const isSpace = /\s/.test(sign);
    if (isSpace && (plain === "" || plain.endsWith(" "))) continue;
    plain += isSpace ? " " : sign;
    places.push(at);
  }
  return { text: plain, places };
}
