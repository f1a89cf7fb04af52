/** What a step found, in one line: counts and first words of its output, never a guess about it. */

const MOST = 4;
const LONG = 160;

export interface FoundPart {
  /** The name of a field, in the words of the tool. */
  name: string | null;
  /** A number of things, or the value itself. */
  count: number | null;
  text: string | null;
}

/** The parts that say most: lists by their length, then texts, then numbers and flags. */
export function foundParts(output: unknown): FoundPart[] {
  if (output === null || output === undefined) return [];
  if (typeof output === "string") return [{ name: null, count: null, text: firstWords(output) }];
  if (Array.isArray(output)) return [{ name: null, count: output.length, text: null }];
  if (typeof output !== "object") return [{ name: null, count: null, text: String(output) }];
  return Object.entries(output)
    .map(([name, value]) => ({ part: partOf(name, value), weight: weightOf(value) }))
    .filter(({ part }) => part !== null)
    .sort((one, other) => other.weight - one.weight)
    .slice(0, MOST)
    .map(({ part }) => part as FoundPart);
}

function partOf(name: string, value: unknown): FoundPart | null {
  // Nothing and none say nothing; an empty list does: it was looked for and not found.
  if (value === null || value === "" || value === false || value === 0) return null;
  if (Array.isArray(value)) return { name, count: value.length, text: null };
  if (typeof value === "object") return { name, count: Object.keys(value).length, text: null };
  if (typeof value === "string") return { name, count: null, text: firstWords(value) };
  return { name, count: null, text: String(value) };
}

function weightOf(value: unknown): number {
  if (Array.isArray(value)) return 3;
  if (typeof value === "string") return 2;
  return typeof value === "number" ? 1 : 0;
}

function firstWords(text: string): string {
  const line =
    text
      .split("\n")
      .map((each) => each.trim())
      .find((each) => /[\p{L}\p{N}]/u.test(each)) ?? "";
  return line.length > LONG ? `${line.slice(0, LONG)}…` : line;
}
