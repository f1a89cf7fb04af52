import { expect, it } from "vitest";
import type { SessionView } from "../../backend/views";
import { lanesOf } from "./lanes";

const session = (fields: Partial<SessionView>) =>
  ({
    id: "s",
    source: "codex",
    account_id: null,
    started_at: null,
    ended_at: null,
    ...fields,
  }) as SessionView;

it("gives each tool or account a lane, and every bar a place that can be seen", () => {
  const { lanes } = lanesOf([
    session({ started_at: "2026-01-01T00:00:00Z", ended_at: "2026-01-01T00:00:01Z" }),
    session({ started_at: "2026-01-11T00:00:00Z", ended_at: "2026-01-11T00:00:00Z", account_id: "acc_1" }),
    session({}),
  ]);
  expect(lanes.map(({ account, tool }) => account ?? tool)).toEqual(["codex", "acc_1"]);
  for (const { left, width } of lanes.flatMap(({ bars }) => bars)) {
    expect(width).toBeGreaterThan(0.5);
    expect(left).toBeGreaterThanOrEqual(0);
    expect(left + width).toBeLessThanOrEqual(100);
  }
  expect(lanesOf([]).lanes).toEqual([]);
});
