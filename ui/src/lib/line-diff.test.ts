import { expect, it } from "vitest";
import { diffLines, diffSize } from "./diff";
import { unifiedDiff } from "./line-diff";

it("keeps the common lines and numbers both sides", () => {
  const lines = diffLines(unifiedDiff("a\nb\nc\nd\n", "a\nx\nc\nd\ne\n"));
  expect(lines.slice(1).map(({ kind, text }) => `${kind} ${text}`)).toEqual([
    "same a",
    "removed b",
    "added x",
    "same c",
    "same d",
    "added e",
  ]);
  expect(lines.at(-1)).toMatchObject({ before: null, after: 5 });
});

it("says nothing of equal texts, and all of different ones", () => {
  expect(unifiedDiff("a\n", "a\n")).toBe("");
  const size = diffSize(diffLines(unifiedDiff("a\nb", "c")));
  expect(size).toEqual({ added: 1, removed: 2 });
});
