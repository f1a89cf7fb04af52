/**
 * Text in which nothing can hide.
 *
 * Control characters, marks that turn the reading direction and characters without width can make
 * a text look like another one. They are cut out as pieces of their own, so that a view shows them.
 */
export interface Piece {
  text: string;
  /** Set for a character that would not be seen: its code point, for example `U+202E`. */
  hidden: string | null;
}

// Everything of the categories Cc, Cf, Co, Cs and Z but the usual space, variation selectors, the
// joiner, and the "letters" without a shape (Hangul fillers, blank braille). Line feeds stay: views
// break lines at them.
const HIDDEN =
  /\p{Cc}|\p{Cf}|\p{Co}|\p{Cs}|\p{Z}|[\uFE00-\uFE0F]|[\u{E0100}-\u{E01EF}]|\u034F|[\u115F\u1160\u3164\uFFA0\u2800]/u;
const HARMLESS = new Set(["\n", " "]);
const NAMES: Record<string, string> = { "\t": "⇥", "\r": "CR", "\0": "NUL", "\u001b": "ESC" };

/** The pieces of the text in order; joined they are the text. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let plain = "";
  for (const char of text) {
    if (!HIDDEN.test(char) || HARMLESS.has(char)) {
      plain += char;
      continue;
    }
    if (plain !== "") found.push({ text: plain, hidden: null });
    plain = "";
    found.push({ text: char, hidden: codeOf(char) });
  }
  if (plain !== "") found.push({ text: plain, hidden: null });
  return found;
}

/** What stands on the screen in the place of a hidden character. */
export function shown(piece: Piece): string {
  if (piece.hidden === null) return piece.text;
  return NAMES[piece.text] ?? piece.hidden;
}

/** How many characters of the text would not be seen; tabs count. */
export function hiddenCount(text: string): number {
  return pieces(text).filter((piece) => piece.hidden !== null).length;
}

/** Hidden characters in the keys and texts of a JSON text, also where it wrote them as escapes. */
export function hiddenInJson(json: string): number {
  let count = 0;
  try {
    JSON.parse(json, (key, value: unknown) => {
      count += hiddenCount(key) + (typeof value === "string" ? hiddenCount(value) : 0);
      return value;
    });
    return count;
  } catch {
    return hiddenCount(json);
  }
}

function codeOf(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  return `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}
