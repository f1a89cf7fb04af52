/** The steps as a graph: what needs what, where it stands, and the critical path. */
import "@xyflow/react/dist/base.css";
import {
  Background,
  BackgroundVariant,
  type Edge,
  type Node,
  Panel,
  Position,
  ReactFlow,
  ReactFlowProvider,
} from "@xyflow/react";
import { Layers, Waypoints } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { StepPreview, StepView } from "../../backend/views";
import { Button } from "../../components/button";
import { toneOf } from "../../components/status";
import { GraphCard, type StepNode } from "./graph-card";
import { type Card, cardsOf, countedOn, MOST_CARDS } from "./graph-cards";
import { GraphGroupCard, type GroupNode } from "./graph-group-card";
import { CARD, type GraphPlace, placesOf } from "./graph-layout";
import { GraphEye, GraphLegend, GraphZoom } from "./graph-panels";
import styles from "./graph-view.module.css";
import { GroupInspector } from "./group-inspector";
import type { StepsBody } from "./steps-table";
import { useStepKeys } from "./use-step-keys";

const nodeTypes = { step: GraphCard, many: GraphGroupCard };
const still = { draggable: false, selectable: false, focusable: false, connectable: false } as const;
/** Known beforehand, so that nothing has to be measured before the lines are drawn. */
const handles = [
  { type: "target", position: Position.Left, x: 0, y: CARD.height / 2 },
  { type: "source", position: Position.Right, x: CARD.width, y: CARD.height / 2 },
] as const;

interface GraphBody extends StepsBody {
  /** For a plan that has not run: what each step will do. */
  previews?: ReadonlyMap<string, StepPreview> | undefined;
}

export function GraphView(body: GraphBody) {
  return (
    <ReactFlowProvider>
      <Canvas {...body} />
    </ReactFlowProvider>
  );
}

function Canvas({ execution, previews, selected, onSelect }: GraphBody) {
  const { t } = useTranslation();
  const { steps, waves } = execution;
  const [whole, setWhole] = useState(false);
  const [groupId, setGroupId] = useState<string | null>(null);
  const shape = JSON.stringify(steps.map((step) => [step.id, step.needs]));
  // biome-ignore lint/correctness/useExhaustiveDependencies: only the shape of the plan moves a card.
  const { cards, places } = useMemo(() => {
    const made = cardsOf(steps, waves, whole);
    return { cards: made, places: new Map(placesOf(made).map((place) => [place.id, place])) };
  }, [shape, whole]);
  const byId = useMemo(() => new Map(steps.map((step) => [step.id, step])), [steps]);
  const stepsOf = (card: Card) => countedOn(card).flatMap((id) => byId.get(id) ?? []);
  const nodes = cards.flatMap((card): Node<StepNode | GroupNode>[] => {
    const { x, y } = places.get(card.id) ?? { x: 0, y: 0 };
    const base = { id: card.id, position: { x, y }, ...CARD, handles: [...handles], ...still };
    if (card.kind !== "step") {
      const chosen = card.id === groupId || (selected !== undefined && card.steps.includes(selected));
      const onGroup = () => {
        onSelect(undefined);
        setGroupId(card.id === groupId ? null : card.id);
      };
      const data = { card, steps: stepsOf(card), selected: chosen, onSelect: onGroup };
      return [{ ...base, type: "many", data }];
    }
    const step = byId.get(card.steps[0] ?? "");
    if (step === undefined) return [];
    const chosen = step.id === selected;
    const preview = previews?.get(step.id);
    const data = { step, preview, selected: chosen, onSelect: () => onSelect(chosen ? undefined : step.id) };
    return [{ ...base, type: "step", data }];
  });
  const edges = useMemo(
    () => edgesOf(cards, byId, execution.critical_path, places),
    [cards, byId, execution.critical_path, places],
  );
  useStepKeys({ ids: steps.map((step) => step.id), selected, onSelect });
  const group = cards.find((card) => card.id === groupId);
  const chosenCard =
    selected === undefined ? group?.id : cards.find((card) => card.steps.includes(selected))?.id;
  return (
    <div className={styles.split} data-group={(group !== undefined && selected === undefined) || undefined}>
      <section className={styles.canvas} dir="ltr" aria-label={t("graph.label")}>
        <ReactFlow
          nodes={nodes}
          edges={edges}
          nodeTypes={nodeTypes}
          minZoom={0.05}
          maxZoom={1.5}
          nodesDraggable={false}
          nodesConnectable={false}
          elementsSelectable={false}
          edgesFocusable={false}
          nodesFocusable={false}
          onlyRenderVisibleElements={cards.length > 150}
          zoomOnDoubleClick={false}
          deleteKeyCode={null}
          attributionPosition="top-right"
        >
          <Background variant={BackgroundVariant.Dots} gap={24} size={1} color="var(--line-2)" />
          <GraphLegend begun={previews === undefined} />
          {steps.length > MOST_CARDS && (
            <Panel position="top-left">
              <Button small icon={whole ? Layers : Waypoints} onClick={() => setWhole(!whole)}>
                {whole ? t("graph.fold") : t("graph.every_step", { count: steps.length })}
              </Button>
            </Panel>
          )}
          <GraphZoom />
          <GraphEye places={places} focus={focusOf(cards, byId)} chosen={chosenCard} />
        </ReactFlow>
      </section>
      {group !== undefined && selected === undefined && (
        <GroupInspector
          key={group.id}
          card={group}
          steps={stepsOf(group)}
          onSelect={onSelect}
          onClose={() => setGroupId(null)}
        />
      )}
    </div>
  );
}

/** What a person would look for first: what waits or went wrong, then what is at work. */
function focusOf(cards: readonly Card[], byId: ReadonlyMap<string, StepView>): string | undefined {
  const tones = new Map(
    cards.map((card) => [
      card.id,
      new Set(card.steps.map((id) => toneOf(byId.get(id)?.status ?? "pending"))),
    ]),
  );
  for (const tone of ["wait", "bad", "run"] as const) {
    const card = cards.find(({ id }) => tones.get(id)?.has(tone));
    if (card !== undefined) return card.id;
  }
  return undefined;
}

function edgesOf(
  cards: readonly Card[],
  byId: ReadonlyMap<string, StepView>,
  path: readonly string[],
  places: ReadonlyMap<string, GraphPlace>,
): Edge[] {
  const cardOf = new Map(cards.flatMap((card) => card.steps.map((id) => [id, card.id] as const)));
  const critical = new Set(path.map((id, at) => `${cardOf.get(id)}→${cardOf.get(path[at + 1] ?? "")}`));
  const reached = (card: Card) =>
    card.steps.some((id) => {
      const step = byId.get(id);
      return step !== undefined && (step.started_at !== null || step.status === "waiting_approval");
    });
  return cards.flatMap((card) => {
    const todo = reached(card) ? "" : (styles.todoEdge ?? "");
    return card.needs.map((need) => {
      const id = `${need}→${card.id}`;
      const kind = critical.has(id) ? styles.criticalEdge : styles.edge;
      // Back to the start of the next line it goes around the cards.
      const back = (places.get(need)?.x ?? 0) >= (places.get(card.id)?.x ?? 0);
      const type = back ? "smoothstep" : "default";
      return { id, source: need, target: card.id, className: `${kind} ${todo}`, type };
    });
  });
}
