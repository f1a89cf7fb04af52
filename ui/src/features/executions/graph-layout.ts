/** Where the cards of a graph stand. It depends only on the plan, so nothing jumps while it runs. */
import { graphlib, layout } from "@dagrejs/dagre";

export const CARD = { width: 208, height: 76 } as const;
const GAP = { x: 64, y: 14 } as const;

/** The careful layout takes seconds for more cards than these; columns take no time at all. */
const MOST_CAREFUL = 120;

const LONG_CHAIN = 6;

export interface GraphPlace {
  id: string;
  x: number;
  y: number;
}

interface Placed {
  id: string;
  needs: readonly string[];
}

export function placesOf(cards: readonly Placed[]): GraphPlace[] {
  if (cards.length > LONG_CHAIN && isChain(cards)) return inLines(cards);
  return cards.length > MOST_CAREFUL ? inColumns(cards) : withCare(cards);
}

/** Each needs the one before it and nothing else. */
function isChain(cards: readonly Placed[]): boolean {
  return cards.every((card, at) => card.needs.every((need) => need === cards[at - 1]?.id));
}

/** A chain is longer than any screen is wide, so it goes on in the next line, as text does. */
function inLines(cards: readonly Placed[]): GraphPlace[] {
  const perLine = Math.ceil(Math.sqrt(cards.length * 1.8));
  return cards.map(({ id }, at) => ({
    id,
    x: (at % perLine) * (CARD.width + GAP.x),
    y: Math.floor(at / perLine) * (CARD.height + GAP.x),
  }));
}

function withCare(cards: readonly Placed[]): GraphPlace[] {
  const graph = new graphlib.Graph();
  graph.setGraph({ rankdir: "LR", nodesep: GAP.y, ranksep: GAP.x, ranker: "network-simplex" });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const card of cards) graph.setNode(card.id, { ...CARD });
  for (const card of cards) for (const need of card.needs) graph.setEdge(need, card.id);
  layout(graph);
  return cards.map(({ id }) => {
    const node = graph.node(id);
    // The layout puts the last of a rank on top; mirrored, the order of the plan reads downwards.
    return { id, x: node.x - CARD.width / 2, y: -node.y - CARD.height / 2 };
  });
}

/** One column for each length of the longest way from a start, in the order of the plan. */
function inColumns(cards: readonly Placed[]): GraphPlace[] {
  const needsOf = new Map(cards.map((card) => [card.id, card.needs]));
  const depths = new Map<string, number>();
  for (const { id } of cards) {
    // By hand instead of by calls: a chain may be longer than the stack.
    const waiting = [id];
    for (let at = waiting.at(-1); at !== undefined; at = waiting.at(-1)) {
      const needs = needsOf.get(at) ?? [];
      const open = needs.filter((need) => !depths.has(need));
      if (open.length > 0 && !depths.has(at)) {
        waiting.push(...open);
        continue;
      }
      depths.set(at, Math.max(-1, ...needs.map((need) => depths.get(need) ?? 0)) + 1);
      waiting.pop();
    }
  }
  const rows = new Map<number, number>();
  return cards.map(({ id }) => {
    const column = depths.get(id) ?? 0;
    const row = rows.get(column) ?? 0;
    rows.set(column, row + 1);
    return { id, x: column * (CARD.width + GAP.x), y: row * (CARD.height + GAP.y) };
  });
}
