import { expect, it } from "vitest";
import { diffLines, diffSize } from "./diff";

it("numbers both sides and takes no content for a header", () => {
  const lines = diffLines("--- a\n+++ b\n@@ -1,3 +1,3 @@\n one\n--- two\n+++ two\n three\n");
  expect(lines.map(({ kind, before, after, text }) => [kind, before, after, text])).toEqual([
    ["gap", null, null, "@@ -1,3 +1,3 @@"],
    ["same", 1, 1, "one"],
    ["removed", 2, null, "-- two"],
    ["added", null, 2, "++ two"],
    ["same", 3, 3, "three"],
  ]);
  expect(diffSize(lines)).toEqual({ added: 1, removed: 1 });
});

it("shows what it does not know instead of leaving it out", () => {
  expect(diffLines("Binary files differ")).toEqual([
    { kind: "gap", before: null, after: null, text: "Binary files differ" },
  ]);
  const end = diffLines("@@ -0,0 +1 @@\n+x\n\\ No newline at end of file");
  expect(end.at(-1)?.text).toBe("\\ No newline at end of file");
});
