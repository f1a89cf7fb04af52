import { expect, it } from "vitest";
import { foundParts } from "./found-line";

it("says what was counted first, then the first words", () => {
  expect(
    foundParts({ total: 2, text: "\n# Briefing\nmore", commits: [1, 2], none: null, off: false }),
  ).toEqual([
    { name: "commits", count: 2, text: null },
    { name: "text", count: null, text: "# Briefing" },
    { name: "total", count: null, text: "2" },
  ]);
});

it("takes whatever a tool gives", () => {
  expect(foundParts(null)).toEqual([]);
  expect(foundParts([1])).toEqual([{ name: null, count: 1, text: null }]);
  expect(foundParts("x".repeat(500))[0]?.text).toHaveLength(161);
  expect(foundParts(7)).toEqual([{ name: null, count: null, text: "7" }]);
});
