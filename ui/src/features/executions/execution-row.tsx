/** One execution in the list; the whole row is its link. */
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { ExecutionSummary } from "../../backend/views";
import { Quoted } from "../../components/exact";
import { Ago, Span } from "../../components/moment";
import { Progress } from "../../components/progress";
import { StatusWord, toneOf } from "../../components/status";
import styles from "./execution-row.module.css";
import { summaryLine } from "./summary-line";

export function ExecutionRow({ execution }: { execution: ExecutionSummary }) {
  const { t } = useTranslation();
  const { id, name, title, status, started_at, ended_at, steps_done, steps_total } = execution;
  return (
    <>
      <span role="cell" className={styles.status}>
        <StatusWord status={status} />
      </span>
      <span role="cell" className={styles.what}>
        <Link to="/executions/$id" params={{ id }} className={styles.name} data-execution={id}>
          <bdi>{name}</bdi>
          {title !== "" && title !== name && (
            <bdi className={styles.title} dir="auto">
              <Quoted text={title} />
            </bdi>
          )}
        </Link>
        <span className={styles.line}>{summaryLine(execution, t)}</span>
      </span>
      <span role="cell" className={styles.progress}>
        <bdi className="num">{t("executions.progress", { done: steps_done, total: steps_total })}</bdi>
        <Progress done={steps_done} total={steps_total} tone={toneOf(status)} />
      </span>
      <span role="cell" className={styles.started}>
        {started_at === null ? (
          <span className="faint">{t("executions.not_started")}</span>
        ) : (
          <Ago at={started_at} />
        )}
      </span>
      <span role="cell" className={styles.duration}>
        <Span from={started_at} to={ended_at} />
      </span>
    </>
  );
}
