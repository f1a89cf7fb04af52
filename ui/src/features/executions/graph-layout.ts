/** Where the steps of a graph stand. It depends only on the plan, so nothing jumps while it runs. */
import { graphlib, layout } from "@dagrejs/dagre";
import type { StepView } from "../../backend/views";

export const CARD = { width: 208, height: 84 } as const;

export interface GraphPlace {
  id: string;
  x: number;
  y: number;
}

export function placesOf(steps: readonly Pick<StepView, "id" | "needs">[]): GraphPlace[] {
  const graph = new graphlib.Graph();
  graph.setGraph({
    rankdir: "LR",
    nodesep: 24,
    ranksep: 64,
    ranker: steps.length > 400 ? "longest-path" : "network-simplex",
  });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const step of steps) graph.setNode(step.id, { ...CARD });
  for (const step of steps) for (const need of step.needs) graph.setEdge(need, step.id);
  layout(graph);
  return steps.map(({ id }) => {
    const node = graph.node(id);
    // The layout puts the last of a rank on top; mirrored, the order of the plan reads downwards.
    return { id, x: node.x - CARD.width / 2, y: -node.y - CARD.height / 2 };
  });
}
