/** Spans in the order of their tree: each below its parent, siblings by their start. */
import type { SpanView } from "../../backend/views";

export interface SpanRow {
  span: SpanView;
  depth: number;
}

export function spanRows(spans: readonly SpanView[]): SpanRow[] {
  const known = new Set(spans.map((span) => span.span_id));
  const children = new Map<string | null, SpanView[]>();
  for (const span of spans) {
    // A span whose parent is missing stands at the top: nothing is left out.
    const parent = span.parent_id !== null && known.has(span.parent_id) ? span.parent_id : null;
    children.set(parent, [...(children.get(parent) ?? []), span]);
  }
  const rows: SpanRow[] = [];
  const waiting: SpanRow[] = [];
  const push = (parent: string | null, depth: number) => {
    const below = [...(children.get(parent) ?? [])].sort((one, other) =>
      one.started_at.localeCompare(other.started_at),
    );
    for (const span of below.reverse()) waiting.push({ span, depth });
  };
  push(null, 0);
  for (let row = waiting.pop(); row !== undefined; row = waiting.pop()) {
    rows.push(row);
    push(row.span.span_id, row.depth + 1);
  }
  return rows;
}
