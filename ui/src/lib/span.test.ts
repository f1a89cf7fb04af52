import { expect, it } from "vitest";
import { instant, spanText, ticks, unionLength } from "./span";

it.each([
  [0, "0 ms"],
  [18.2, "18 ms"],
  [99.6, "0.1 s"],
  [650, "0.7 s"],
  [59_940, "59.9 s"],
  [59_960, "1:00"],
  [342_000, "5:42"],
  [3_723_000, "1:02:03"],
  [-5, "0 ms"],
])("writes %i ms as %s", (ms, text) => expect(spanText(ms, "en")).toBe(text));

it("counts each moment once", () => {
  expect(
    unionLength([
      [0, 10],
      [5, 12],
      [20, 30],
      [21, 22],
    ]),
  ).toBe(22);
  expect(unionLength([])).toBe(0);
});

it("never draws more marks than asked, for any length", () => {
  for (const length of [1, 40, 999, 61_000, 3_600_000, 4e8, 4e10])
    expect(ticks(length, 7).length).toBeLessThanOrEqual(8);
});

it("reads times and refuses what is none", () => {
  expect(instant("2026-11-20T10:00:00.000Z")).toBe(Date.UTC(2026, 10, 20, 10));
  expect(instant("yesterday")).toBeNull();
  expect(instant(null)).toBeNull();
});
