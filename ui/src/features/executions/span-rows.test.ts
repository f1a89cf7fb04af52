import { expect, it } from "vitest";
import type { SpanView } from "../../backend/views";
import { spanRows } from "./span-rows";

const span = (span_id: string, parent_id: string | null, second: number): SpanView => ({
  span_id,
  parent_id,
  name: span_id,
  started_at: `2026-11-20T10:00:0${second}.000Z`,
  ended_at: null,
  status: "unset",
  attributes: {},
});

it("puts each span below its parent, in the order of time, and loses none", () => {
  const rows = spanRows([
    span("late", "root", 3),
    span("root", null, 0),
    span("early", "root", 1),
    span("inner", "early", 2),
    span("lost", "nowhere", 4),
  ]);
  expect(rows.map((row) => [row.span.span_id, row.depth])).toEqual([
    ["root", 0],
    ["early", 1],
    ["inner", 2],
    ["late", 1],
    ["lost", 0],
  ]);
});
