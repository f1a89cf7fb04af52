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
import { Maximize, Minus, Plus } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { StepView } from "../../backend/views";
import { IconButton } from "../../components/button";
import { GraphCard, type StepNode } from "./graph-card";
import { CARD, placesOf } from "./graph-layout";
import styles from "./graph-view.module.css";
import type { StepsBody } from "./steps-table";
import { useStepKeys } from "./use-step-keys";

const nodeTypes = { step: GraphCard };

export function GraphView(body: StepsBody) {
  return (
    <ReactFlowProvider>
      <Canvas {...body} />
    </ReactFlowProvider>
  );
}

function Canvas({ execution, selected, onSelect }: StepsBody) {
  const { t } = useTranslation();
  const { steps } = execution;
  const shape = JSON.stringify(steps.map((step) => [step.id, step.needs]));
  // biome-ignore lint/correctness/useExhaustiveDependencies: only the shape of the plan moves a card.
  const places = useMemo(() => placesOf(steps), [shape]);
  const nodes = useMemo<Node<StepNode>[]>(() => {
    const byId = new Map(steps.map((step) => [step.id, step]));
    return places.flatMap(({ id, x, y }) => {
      const step = byId.get(id);
      if (step === undefined) return [];
      const data = {
        step,
        selected: id === selected,
        onSelect: () => onSelect(id === selected ? undefined : id),
      };
      return [
        {
          id,
          type: "step",
          position: { x, y },
          data,
          ...CARD,
          draggable: false,
          selectable: false,
          focusable: false,
        },
      ];
    });
  }, [places, steps, selected, onSelect]);
  const edges = useMemo(() => edgesOf(steps, execution.critical_path), [steps, execution.critical_path]);
  useStepKeys({ ids: steps.map((step) => step.id), selected, onSelect });
  return (
    <section className={styles.canvas} dir="ltr" aria-label={t("graph.label")}>
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        fitView
        fitViewOptions={{ padding: 0.08, maxZoom: 1 }}
        minZoom={0.1}
        maxZoom={1.5}
        nodesDraggable={false}
        nodesConnectable={false}
        elementsSelectable={false}
        edgesFocusable={false}
        nodesFocusable={false}
        onlyRenderVisibleElements={steps.length > 150}
        zoomOnDoubleClick={false}
        deleteKeyCode={null}
        attributionPosition="top-right"
      >
        <Background variant={BackgroundVariant.Dots} gap={24} size={1} color="var(--line-2)" />
        <Panel position="bottom-left" className={styles.legend ?? ""}>
          <span>
            <i className={styles.critical} aria-hidden />
            {t("timeline.critical")}
          </span>
          <span>
            <i aria-hidden />
            {t("graph.done")}
          </span>
          <span>
            <i className={styles.todo} aria-hidden />
            {t("graph.not_reached")}
          </span>
        </Panel>
        <Zoom />
      </ReactFlow>
    </section>
  );
}

function Zoom() {
  const { t } = useTranslation();
  const { fitView, zoomIn, zoomOut } = useReactFlow();
  const duration = 140;
  return (
    <Panel position="bottom-right" className={styles.zoom ?? ""}>
      <IconButton icon={Minus} label={t("graph.out")} onClick={() => void zoomOut({ duration })} />
      <IconButton
        icon={Maximize}
        label={t("graph.fit")}
        onClick={() => void fitView({ duration, padding: 0.08, maxZoom: 1 })}
      />
      <IconButton icon={Plus} label={t("graph.in")} onClick={() => void zoomIn({ duration })} />
    </Panel>
  );
}

function edgesOf(steps: readonly StepView[], path: readonly string[]): Edge[] {
  const next = new Map(path.map((id, at) => [id, path[at + 1]]));
  const reached = new Map(
    steps.map((step) => [step.id, step.started_at !== null || step.status === "waiting_approval"]),
  );
  return steps.flatMap((step) =>
    step.needs.map((need) => {
      const kind = next.get(need) === step.id ? styles.criticalEdge : styles.edge;
      const todo = reached.get(step.id) ? "" : (styles.todoEdge ?? "");
      return {
        id: `${need}→${step.id}`,
        source: need,
        target: step.id,
        className: `${kind} ${todo}`,
        type: "default",
      };
    }),
  );
}
