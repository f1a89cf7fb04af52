/** A card that stands for many steps: how many there are and how they stand, at one look. */
import { Handle, type Node, type NodeProps, Position } from "@xyflow/react";
import { Layers, Rows3 } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { StepView } from "../../backend/views";
import { toneOf } from "../../components/status";
import { cardTitle } from "./card-title";
import { type Card, countsOf } from "./graph-cards";
import styles from "./graph-view.module.css";

export type GroupNode = { card: Card; steps: readonly StepView[]; selected: boolean; onSelect(): void };

export function GraphGroupCard({ data: { card, steps, selected, onSelect } }: NodeProps<Node<GroupNode>>) {
  const { t } = useTranslation();
  const counts = countsOf(steps);
  const Icon = card.kind === "instances" ? Rows3 : Layers;
  const first = counts[0]?.[0] ?? "pending";
  return (
    <>
      <Handle type="target" position={Position.Left} className={styles.handle} />
      <button
        type="button"
        className={`${styles.card} ${styles.group} nodrag nopan`}
        data-look={toneOf(first)}
        data-reached={first !== "pending"}
        aria-pressed={selected}
        data-group={card.id}
        onClick={onSelect}
      >
        <span className={styles.top}>
          <Icon size={16} strokeWidth={1.75} aria-hidden />
          <bdi className="cut">{cardTitle(card, t)}</bdi>
          <span className={`${styles.time} num`}>{t("detail.steps", { count: steps.length })}</span>
        </span>
        <span className={styles.share} aria-hidden>
          {counts.map(([status, count]) => (
            <i key={status} data-tone={toneOf(status)} data-status={status} style={{ flexGrow: count }} />
          ))}
        </span>
        <span className={styles.foot}>
          {counts.slice(0, 2).map(([status, count]) => (
            <span key={status} data-tone={toneOf(status)}>
              {count} {t(`status.${status}`)}
            </span>
          ))}
        </span>
      </button>
      <Handle type="source" position={Position.Right} className={styles.handle} />
    </>
  );
}
