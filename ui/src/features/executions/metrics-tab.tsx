/** The measures of an execution: where the time went, over all and step by step. */
import { useQuery } from "@tanstack/react-query";
import { Route } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useQueries } from "../../backend/use-backend";
import type { MetricsView, StepMetricsView } from "../../backend/views";
import { Stretch } from "../../components/moment";
import { ErrorState, LoadingRows } from "../../components/place-state";
import type { TabBody } from "./context-tab";
import styles from "./detail-tabs.module.css";

const MOST = 200;

export function MetricsTab({ id, selected, onSelect }: TabBody) {
  const { t } = useTranslation();
  const { data, isError, error, refetch } = useQuery(useQueries().metrics(id));
  if (data === undefined) {
    return isError ? (
      <ErrorState error={error} onRetry={() => void refetch()} />
    ) : (
      <LoadingRows height={32} />
    );
  }
  const total = (step: StepMetricsView) => step.run_ms + step.waited_for_person_ms + step.waited_for_retry_ms;
  const steps = data.steps.filter((step) => total(step) > 0).sort((one, other) => total(other) - total(one));
  const longest = Math.max(1, ...steps.map(total));
  return (
    <>
      <Facts metrics={data} />
      {steps.length > 0 && (
        <table className={styles.table}>
          <thead>
            <tr>
              <th>{t("step.step")}</th>
              <th className={styles.rare}>{t("detail.where")}</th>
              <th className={styles.end}>{t("detail.ran")}</th>
              <th className={styles.end}>{t("detail.person")}</th>
              <th className={styles.end}>{t("detail.retry")}</th>
              <th className={styles.end}>{t("step.attempts")}</th>
            </tr>
          </thead>
          <tbody>
            {steps.slice(0, MOST).map((step) => (
              <tr key={step.step} data-selected={step.step === selected || undefined}>
                <td className={styles.short}>
                  <button type="button" className={styles.name} onClick={() => onSelect(step.step)}>
                    <bdi>{step.step}</bdi>
                  </button>{" "}
                  {step.critical && (
                    <Route size={12} className="faint" role="img" aria-label={t("step.critical")} />
                  )}
                </td>
                <td className={`${styles.wide} ${styles.rare}`}>
                  <Meter step={step} longest={longest} />
                </td>
                <Time ms={step.run_ms} />
                <Time ms={step.waited_for_person_ms} />
                <Time ms={step.waited_for_retry_ms} />
                <td className={`${styles.end} num`}>{step.attempts}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {steps.length > MOST && (
        <p className={styles.note}>{t("detail.more", { count: steps.length - MOST })}</p>
      )}
    </>
  );
}

function Facts({ metrics }: { metrics: MetricsView }) {
  const { t } = useTranslation();
  return (
    <dl className={styles.facts}>
      <Fact word={t("execution.took")}>
        <Stretch ms={metrics.wall_ms} />
      </Fact>
      <Fact word={t("timeline.critical")}>
        <Stretch ms={metrics.critical_path_ms} />{" "}
        <span>{t("detail.steps", { count: metrics.critical_path.length })}</span>
      </Fact>
      <Fact word={t("detail.in_a_row")}>
        <Stretch ms={metrics.run_ms} />
      </Fact>
      <Fact word={t("execution.saved")}>
        <Stretch ms={metrics.saved_ms} />
      </Fact>
      <Fact word={t("detail.person")}>
        <Spent ms={metrics.waited_for_person_ms} />
      </Fact>
      <Fact word={t("detail.retry")}>
        <Spent ms={metrics.waited_for_retry_ms} />
      </Fact>
      <Fact word={t("step.attempts")}>
        <bdi>{metrics.attempts}</bdi>{" "}
        {metrics.repeats > 0 && <span>{t("detail.repeats", { count: metrics.repeats })}</span>}
      </Fact>
    </dl>
  );
}

function Fact({ word, children }: { word: string; children: ReactNode }) {
  return (
    <div>
      <dt>{word}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Time({ ms }: { ms: number }) {
  return (
    <td className={`${styles.end} num`}>
      <Spent ms={ms} />
    </td>
  );
}

function Spent({ ms }: { ms: number }) {
  return ms === 0 ? <span className="faint">–</span> : <Stretch ms={ms} />;
}

function Meter({ step, longest }: { step: StepMetricsView; longest: number }) {
  const parts = [
    ["run", step.run_ms],
    ["wait", step.waited_for_person_ms],
    ["warn", step.waited_for_retry_ms],
  ] as const;
  return (
    <span className={styles.meter} aria-hidden>
      {parts.map(
        ([tone, ms]) =>
          ms > 0 && <i key={tone} data-tone={tone} style={{ width: `max(2px, ${(ms / longest) * 100}%)` }} />,
      )}
    </span>
  );
}
