/** A unified diff as lines with their numbers on both sides. Reads only; nothing is computed anew. */
export interface DiffLine {
  kind: "same" | "added" | "removed" | "gap";
  before: number | null;
  after: number | null;
  text: string;
}

const HUNK = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;

export function diffLines(diff: string): DiffLine[] {
  const lines: DiffLine[] = [];
  let before = 0;
  let after = 0;
  // Lines that the hunk still owes: inside of it `---` is a removed line and no header.
  let owedBefore = 0;
  let owedAfter = 0;
  for (const raw of diff.split("\n")) {
    if (owedBefore > 0 || owedAfter > 0) {
      const mark = raw[0] ?? " ";
      const text = raw.slice(1);
      if (mark === "+") {
        lines.push({ kind: "added", before: null, after: after++, text });
        owedAfter -= 1;
      } else if (mark === "-") {
        lines.push({ kind: "removed", before: before++, after: null, text });
        owedBefore -= 1;
      } else if (mark === "\\") {
        lines.push({ kind: "gap", before: null, after: null, text: raw });
      } else {
        lines.push({ kind: "same", before: before++, after: after++, text });
        owedBefore -= 1;
        owedAfter -= 1;
      }
      continue;
    }
    const hunk = HUNK.exec(raw);
    if (hunk !== null) {
      before = Number(hunk[1]);
      after = Number(hunk[3]);
      owedBefore = Number(hunk[2] ?? 1);
      owedAfter = Number(hunk[4] ?? 1);
      lines.push({ kind: "gap", before: null, after: null, text: raw });
    } else if (raw !== "" && !raw.startsWith("--- ") && !raw.startsWith("+++ ")) {
      lines.push({ kind: "gap", before: null, after: null, text: raw });
    }
  }
  return lines;
}

/** How many lines are added and removed. */
export function diffSize(lines: readonly DiffLine[]): { added: number; removed: number } {
  const count = (kind: DiffLine["kind"]) => lines.filter((line) => line.kind === kind).length;
  return { added: count("added"), removed: count("removed") };
}
