/** The steps that one card stands for, those first that want to be seen; choosing one opens it. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { X } from "lucide-react";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import type { StepView } from "../../backend/views";
import { IconButton } from "../../components/button";
import { Span } from "../../components/moment";
import { StatusIcon, StatusWord } from "../../components/status";
import { useFocusBack } from "../../lib/use-focus";
import { cardTitle } from "./card-title";
import { type Card, countsOf } from "./graph-cards";
import styles from "./group-inspector.module.css";

const ROW = 36;

interface GroupInspectorProps {
  card: Card;
  steps: readonly StepView[];
  onSelect(step: string): void;
  onClose(): void;
}

export function GroupInspector({ card, steps, onSelect, onClose }: GroupInspectorProps) {
  const { t } = useTranslation();
  useFocusBack();
  const scroller = useRef<HTMLDivElement>(null);
  const order = countsOf(steps).map(([status]) => status);
  const sorted = [...steps].sort((one, other) => order.indexOf(one.status) - order.indexOf(other.status));
  const rows = useVirtualizer({
    count: sorted.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 8,
  });
  return (
    <aside className={styles.side} aria-label={cardTitle(card, t)} data-inspecting={card.id}>
      <header className={styles.head}>
        <h2 className="cut">
          <bdi>{cardTitle(card, t)}</bdi>
        </h2>
        <span className="quiet small">{t("detail.steps", { count: steps.length })}</span>
        <IconButton icon={X} label={t("step.close")} onClick={onClose} />
      </header>
      <p className={styles.counts}>
        {countsOf(steps).map(([status, count]) => (
          <span key={status}>
            <b className="num">{count}</b> <StatusWord status={status} />
          </span>
        ))}
      </p>
      <div ref={scroller} className={styles.scroller}>
        <ul style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map((row) => {
            const step = sorted[row.index];
            if (step === undefined) return null;
            return (
              <li key={step.id} style={{ transform: `translateY(${row.start}px)`, height: row.size }}>
                <button type="button" data-step={step.id} onClick={() => onSelect(step.id)}>
                  <StatusIcon status={step.status} />
                  <bdi className="cut">{step.name === "" ? step.id : step.name}</bdi>
                  <span className="unseen">{t(`status.${step.status}`)}</span>
                  {step.started_at !== null && (
                    <span className="quiet num">
                      <Span from={step.started_at} to={step.ended_at} />
                    </span>
                  )}
                </button>
              </li>
            );
          })}
        </ul>
      </div>
    </aside>
  );
}
