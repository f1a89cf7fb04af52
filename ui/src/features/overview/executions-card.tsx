/** The newest executions, those that run first. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Sparkles } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useHands } from "../../actions/use-actions";
import { useQueries } from "../../backend/use-backend";
import type { ExecutionSummary } from "../../backend/views";
import { Button } from "../../components/button";
import { Span } from "../../components/moment";
import { Progress } from "../../components/progress";
import { StatusIcon, toneOf } from "../../components/status";
import { summaryLine } from "../executions/summary-line";
import { Card, Nothing } from "./card";
import styles from "./overview-screen.module.css";

const MOST = 5;

export function ExecutionsCard() {
  const { t } = useTranslation();
  const { openBar } = useHands();
  const { data } = useInfiniteQuery(useQueries().executions(undefined));
  const newest = [...(data?.pages[0]?.items ?? [])];
  // Stable: what runs comes first, each kind newest first.
  newest.sort((one, other) => Number(isOver(one)) - Number(isOver(other)));
  return (
    <Card title={t("frame.executions")} to="/executions">
      {data !== undefined && newest.length === 0 && (
        <Nothing text={t("overview.no_executions")}>
          <Button small icon={Sparkles} data-action="bar.open" onClick={() => openBar()}>
            {t("overview.ask")}
          </Button>
        </Nothing>
      )}
      <ul>
        {newest.slice(0, MOST).map((execution) => (
          <li key={execution.id}>
            <Link to="/executions/$id" params={{ id: execution.id }} className={styles.row}>
              <StatusIcon status={execution.status} />
              <span className={styles.what}>
                <bdi className="cut">{execution.name}</bdi>
                <span className="small quiet cut">
                  {t(`status.${execution.status}`)}. {summaryLine(execution, t)}
                </span>
              </span>
              <span className={styles.side}>
                <Progress
                  done={execution.steps_done}
                  total={execution.steps_total}
                  tone={toneOf(execution.status)}
                />
                <span className="small quiet">
                  <Span from={execution.started_at} to={execution.ended_at} />
                </span>
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function isOver({ status }: ExecutionSummary): boolean {
  return ["done", "failed", "cancelled", "stopped"].includes(status);
}
