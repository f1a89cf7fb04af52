import { expect, it } from "vitest";
import { roughSpan, roughTime } from "./rough-time";

const HOUR = 3_600_000;

it("says a stretch of time by its two largest units", () => {
  expect(roughSpan(121 * HOUR, "en")).toBe("5d 1h");
  expect(roughSpan(1.3 * HOUR, "en")).toBe("1h 18m");
  expect(roughSpan(1, "en")).toBe("1m");
  expect(roughSpan(HOUR - 1, "en")).toBe("60m");
});

it("names the day only where the time alone would be another one", () => {
  const now = Date.parse("2026-11-25T12:00:00");
  expect(roughTime(now + 2 * HOUR, now, "en")).toBe("14:00");
  expect(roughTime(now + 50 * HOUR, now, "en")).toContain("Fri");
});
