import { expect, it } from "vitest";
import { dayName, lastDays } from "./days";

it("counts by the calendar, also where a day has 23 hours", () => {
  const noon = new Date(2026, 2, 30, 12).getTime();
  expect(lastDays(1, noon)).toMatchObject({ from: "2026-03-30", to: "2026-03-30" });
  expect(lastDays(7, noon)).toMatchObject({ from: "2026-03-24", to: "2026-03-30" });
  expect(lastDays(30, new Date(2026, 0, 1, 0, 0, 1).getTime())).toMatchObject({ from: "2025-12-03" });
  expect(lastDays(1, noon).zone).not.toBe("");
});

it("writes the day that was told, whatever the zone of the page is", () => {
  expect(dayName("2026-03-01", "en", { day: "numeric", month: "short" })).toBe("Mar 1");
});
