/** One step as a card of the graph; a button, so that keys and readers reach it. */
import { Handle, type Node, type NodeProps, Position } from "@xyflow/react";
import { Repeat2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { StepPreview, StepView } from "../../backend/views";
import { Span } from "../../components/moment";
import { StatusIcon, toneOf } from "../../components/status";
import { AsksWord, EffectWord } from "../plan/effect";
import styles from "./graph-view.module.css";

export type StepNode = {
  step: StepView;
  /** For a plan that has not run: what the step will do. */
  preview?: StepPreview | undefined;
  selected: boolean;
  onSelect(): void;
};

export function GraphCard({ data: { step, preview, selected, onSelect } }: NodeProps<Node<StepNode>>) {
  const { t } = useTranslation();
  const look = preview?.asks === "always" ? "wait" : toneOf(step.status);
  const reached = step.status !== "pending" && step.status !== "skipped";
  return (
    <>
      <Handle type="target" position={Position.Left} className={styles.handle} />
      <button
        type="button"
        className={`${styles.card} nodrag nopan`}
        data-look={look}
        data-reached={reached}
        aria-pressed={selected}
        data-step={step.id}
        onClick={onSelect}
      >
        <span className={styles.top}>
          <StatusIcon status={step.status} />
          <bdi className="cut">{step.name === "" ? step.id : step.name}</bdi>
          {step.started_at !== null && (
            <span className={`${styles.time} mono`}>
              <Span from={step.started_at} to={step.ended_at} />
            </span>
          )}
        </span>
        <code className="faint cut">{step.tool}</code>
        <span className={styles.foot}>
          {preview !== undefined ? (
            <>
              <EffectWord effect={preview.effect} />
              <AsksWord asks={preview.asks} />
            </>
          ) : step.status === "pending" && step.needs.length > 0 ? (
            <span>{t("graph.needs", { count: step.needs.length })}</span>
          ) : (
            <span data-tone={toneOf(step.status)}>{t(`status.${step.status}`)}</span>
          )}
          {step.attempts.length > 1 && (
            <span>
              <Repeat2 size={12} aria-hidden /> {step.attempts.length}×
            </span>
          )}
        </span>
      </button>
      <Handle type="source" position={Position.Right} className={styles.handle} />
    </>
  );
}
