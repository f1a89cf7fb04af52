/** The steps as a table, in the order of the plan; only the rows on the screen exist. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { Route } from "lucide-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { ExecutionDetail, StepView } from "../../backend/views";
import { Quoted } from "../../components/exact";
import { KeyHints } from "../../components/keys";
import { Ago, Span } from "../../components/moment";
import { PlaceState } from "../../components/place-state";
import { StatusWord } from "../../components/status";
import styles from "./steps-table.module.css";
import { useStepKeys } from "./use-step-keys";

const ROW_HEIGHT = 40;

export interface StepsBody {
  execution: ExecutionDetail;
  selected: string | undefined;
  onSelect(step: string | undefined): void;
}

export function StepsTable({ execution, selected, onSelect }: StepsBody) {
  const { t } = useTranslation();
  const { steps } = execution;
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: steps.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 8,
    getItemKey: (at) => steps[at]?.id ?? at,
  });
  useStepKeys({ ids: steps.map((step) => step.id), selected, onSelect });
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new choice scrolls, not every change of a step.
  useEffect(() => {
    const at = steps.findIndex((step) => step.id === selected);
    if (at !== -1) rows.scrollToIndex(at);
  }, [selected]);
  if (steps.length === 0)
    return (
      <PlaceState icon={Route} title={t("execution.no_steps")} text={t("executions.empty_filtered_text")} />
    );
  return (
    <>
      <div ref={scroller} className={styles.scroller}>
        <div role="table" aria-label={t("execution.table")} aria-rowcount={steps.length + 1}>
          <div role="rowgroup" className={styles.headGroup}>
            <div role="row" aria-rowindex={1} className={`${styles.row} ${styles.head}`}>
              <span role="columnheader">{t("step.step")}</span>
              <span role="columnheader">{t("step.status")}</span>
              <span role="columnheader">{t("step.because")}</span>
              <span role="columnheader" className={styles.end}>
                {t("step.attempts")}
              </span>
              <span role="columnheader" className={styles.end}>
                {t("step.started")}
              </span>
              <span role="columnheader" className={styles.end}>
                {t("step.took")}
              </span>
            </div>
          </div>
          <div role="rowgroup" className={styles.body} style={{ height: rows.getTotalSize() }}>
            {rows.getVirtualItems().map((row) => {
              const step = steps[row.index];
              if (step === undefined) return null;
              return (
                <div
                  key={row.key}
                  role="row"
                  aria-rowindex={row.index + 2}
                  aria-selected={step.id === selected}
                  className={styles.row}
                  style={{ transform: `translateY(${row.start}px)`, height: row.size }}
                >
                  <StepCells
                    step={step}
                    onSelect={() => onSelect(step.id === selected ? undefined : step.id)}
                  />
                </div>
              );
            })}
          </div>
        </div>
      </div>
      <KeyHints
        hints={[
          { shortcuts: ["j", "k"], word: t("step.step") },
          { shortcuts: ["escape"], word: t("step.close") },
        ]}
      />
    </>
  );
}

function StepCells({ step, onSelect }: { step: StepView; onSelect(): void }) {
  const { t } = useTranslation();
  const why = step.failure?.message ?? step.because ?? "";
  return (
    <>
      <span role="cell" className={styles.step}>
        <button type="button" className={styles.choose} data-step={step.id} onClick={onSelect}>
          <bdi>{step.name === "" ? step.id : step.name}</bdi>
        </button>
        <code className="faint cut">{step.tool}</code>
        {step.critical && <Route size={12} className="faint" aria-label={t("step.critical")} role="img" />}
      </span>
      <span role="cell" className={styles.status}>
        <StatusWord status={step.status} />
      </span>
      <span role="cell" className={`${styles.why} cut quiet`} dir="auto">
        <Quoted text={why} />
      </span>
      <span role="cell" className={`${styles.end} num quiet`}>
        {step.attempts.length > 1 ? step.attempts.length : ""}
      </span>
      <span role="cell" className={`${styles.end} ${styles.above} quiet small`}>
        {step.started_at !== null && <Ago at={step.started_at} />}
      </span>
      <span role="cell" className={`${styles.end} quiet`}>
        {step.started_at !== null && <Span from={step.started_at} to={step.ended_at} />}
      </span>
    </>
  );
}
