/** What changed between two texts, as a unified diff with all lines, for the view that draws such diffs. */

/** Beyond this many lines in the changed middle the old and the new are shown one after the other. */
const MOST_COMPARED = 2_000;

export function unifiedDiff(before: string, after: string): string {
  if (before === after) return "";
  const old = before.replace(/\n$/, "").split("\n");
  const now = after.replace(/\n$/, "").split("\n");
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start += 1;
  let end = 0;
  while (end < old.length - start && end < now.length - start && old.at(-1 - end) === now.at(-1 - end))
    end += 1;
  const middle = compared(old.slice(start, old.length - end), now.slice(start, now.length - end));
  const same = (lines: readonly string[]) => lines.map((line) => ` ${line}`);
  return [
    `@@ -1,${old.length} +1,${now.length} @@`,
    ...same(old.slice(0, start)),
    ...middle,
    ...same(old.slice(old.length - end)),
  ].join("\n");
}

/** The longest common lines stay; the rest is removed or added. */
function compared(old: readonly string[], now: readonly string[]): string[] {
  if (old.length * now.length > MOST_COMPARED * MOST_COMPARED)
    return [...old.map((line) => `-${line}`), ...now.map((line) => `+${line}`)];
  const width = now.length + 1;
  const common = new Uint32Array((old.length + 1) * width);
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = now.length - 1; j >= 0; j -= 1) {
      common[i * width + j] =
        old[i] === now[j]
          ? (common[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(common[(i + 1) * width + j] ?? 0, common[i * width + j + 1] ?? 0);
    }
  }
  const lines: string[] = [];
  let i = 0;
  let j = 0;
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && old[i] === now[j]) {
      lines.push(` ${old[i]}`);
      i += 1;
      j += 1;
    } else if (
      i < old.length &&
      (j === now.length || (common[(i + 1) * width + j] ?? 0) >= (common[i * width + j + 1] ?? 0))
    ) {
      lines.push(`-${old[i]}`);
      i += 1;
    } else {
      lines.push(`+${now[j]}`);
      j += 1;
    }
  }
  return lines;
}
