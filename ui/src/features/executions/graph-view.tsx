/** The steps as a graph: what needs what, where it stands, and the critical path. */
import "@xyflow/react/dist/base.css";
import {
  Background,
  BackgroundVariant,
  type Edge,
  type Node,
  Panel,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
} from "@xyflow/react";
import { Layers, Maximize, Minus, Plus, Waypoints } from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { StepPreview, StepView } from "../../backend/views";
import { Button, IconButton } from "../../components/button";
import { GraphCard, type StepNode } from "./graph-card";
import { type Card, cardsOf, countedOn, MOST_CARDS } from "./graph-cards";
import { GraphGroupCard, type GroupNode } from "./graph-group-card";
import { CARD, type GraphPlace, placesOf } from "./graph-layout";
import styles from "./graph-view.module.css";
import { GroupInspector } from "./group-inspector";
import type { StepsBody } from "./steps-table";
import { useStepKeys } from "./use-step-keys";

const nodeTypes = { step: GraphCard, many: GraphGroupCard };
const still = { draggable: false, selectable: false, focusable: false, connectable: false } as const;
/** Below the cards stands the legend. */
const FIT = {
  padding: { top: "24px", right: "24px", bottom: "56px", left: "24px" },
  maxZoom: 1,
} as const;

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
    const base = { id: card.id, position: { x, y }, ...CARD, ...still };
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
  return (
    <div className={styles.split} data-group={(group !== undefined && selected === undefined) || undefined}>
      <section className={styles.canvas} dir="ltr" aria-label={t("graph.label")}>
        <ReactFlow
          nodes={nodes}
          edges={edges}
          nodeTypes={nodeTypes}
          fitView
          fitViewOptions={FIT}
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
          <Legend begun={previews === undefined} />
          {steps.length > MOST_CARDS && (
            <Panel position="top-left">
              <Button small icon={whole ? Layers : Waypoints} onClick={() => setWhole(!whole)}>
                {whole ? t("graph.fold") : t("graph.every_step", { count: steps.length })}
              </Button>
            </Panel>
          )}
          <Zoom shape={shape + whole} />
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

function Legend({ begun }: { begun: boolean }) {
  const { t } = useTranslation();
  return (
    <Panel position="bottom-left" className={styles.legend ?? ""}>
      <span>
        <i className={styles.critical} aria-hidden />
        {t("timeline.critical")}
      </span>
      {begun && (
        <>
          <span>
            <i aria-hidden />
            {t("graph.done")}
          </span>
          <span>
            <i className={styles.todo} aria-hidden />
            {t("graph.not_reached")}
          </span>
        </>
      )}
    </Panel>
  );
}

/** `shape` changes when other cards are drawn: then all of them are brought into sight. */
function Zoom({ shape }: { shape: unknown }) {
  const { t } = useTranslation();
  const { fitView, zoomIn, zoomOut } = useReactFlow();
  const duration = 140;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only other cards move the view.
  useEffect(() => {
    const frame = requestAnimationFrame(() => void fitView(FIT));
    return () => cancelAnimationFrame(frame);
  }, [shape]);
  return (
    <Panel position="bottom-right" className={styles.zoom ?? ""}>
      <IconButton icon={Minus} label={t("graph.out")} onClick={() => void zoomOut({ duration })} />
      <IconButton icon={Maximize} label={t("graph.fit")} onClick={() => void fitView({ duration, ...FIT })} />
      <IconButton icon={Plus} label={t("graph.in")} onClick={() => void zoomIn({ duration })} />
    </Panel>
  );
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
