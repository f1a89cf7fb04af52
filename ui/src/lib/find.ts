/** Finds what a person means by a few letters: every word must occur, the start of a word counts more. */

/** How well the text answers the query; null when a word is missing. Higher is better. */
export function rank(query: string, ...texts: readonly string[]): number | null {
  const words = wordsOf(query);
  let score = 0;
  for (const word of words) {
    let best: number | null = null;
    for (const [at, text] of texts.entries()) {
      const found = rankOfWord(word, text);
      // What stands first, the name, says more than what follows.
      if (found !== null) best = Math.max(best ?? 0, found / (at + 1));
    }
    if (best === null) return null;
    score += best;
  }
  return score;
}

/** The items that match, best first; equal ones keep their order. */
export function find<T>(query: string, items: readonly T[], texts: (item: T) => readonly string[]): T[] {
  return items
    .map((item) => ({ item, score: rank(query, ...texts(item)) }))
    .filter((each): each is { item: T; score: number } => each.score !== null)
    .sort((one, other) => other.score - one.score)
    .map(({ item }) => item);
}

/** Three words and more are a request, not a search. */
export function isSentence(text: string): boolean {
  return wordsOf(text).length >= 3;
}

function rankOfWord(word: string, text: string): number | null {
  const lower = text.toLocaleLowerCase();
  const at = lower.indexOf(word);
  if (at === -1) return null;
  if (at === 0) return 3;
  return /[\p{L}\p{N}]/u.test(lower[at - 1] ?? "") ? 1 : 2;
}

function wordsOf(text: string): string[] {
  return text
    .toLocaleLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
}
