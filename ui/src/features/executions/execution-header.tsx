/** Name, state, progress and times of an execution, with its controls always in the same corner. */
import { Link } from "@tanstack/react-router";
import { ChevronRight } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { bind } from "../../actions/action";
import { useHands, useShortcuts } from "../../actions/use-actions";
import { useApprovalIsOpen } from "../../actions/use-approval-is-open";
import type { ExecutionDetail, PlanCheck } from "../../backend/views";
import { ActionButton } from "../../components/button";
import { Exact } from "../../components/exact";
import { ClockTime, Span, Stretch } from "../../components/moment";
import { Progress } from "../../components/progress";
import { StatusChip, toneOf } from "../../components/status";
import { useIsByModel } from "../plan/made-by";
import { ModelMark } from "../plan/model-words";
import { cancel, cancelNow, discard, pause, rerun, resume, start } from "./actions";
import { CancelQuestion } from "./cancel-question";
import styles from "./execution-header.module.css";
import { savedInParallel } from "./time-of-steps";

interface ExecutionHeaderProps {
  view: ExecutionDetail;
  /** For a plan that waits to be looked at: what the check says of it. */
  look?: PlanCheck | undefined;
  /** Its text was changed and is not the plan yet. */
  changed?: boolean;
}

export function ExecutionHeader({ view, look, changed = false }: ExecutionHeaderProps) {
  const { t } = useTranslation();
  const { execution } = view;
  const { id, name, title, status, started_at, ended_at, steps_done, steps_total } = execution;
  // The band below says what is asked, or why it failed; beside the name it would only be repeated.
  const said = status === "waiting" || (view.cause !== null && title.includes(view.cause.message));
  // The steps are newer than the count of the list.
  const done = Math.max(steps_done, view.steps.filter((step) => step.status === "done").length);
  const written = useIsByModel(id);
  const byModel = look === undefined ? written : look.planned_by === "model";
  const saved = savedInParallel(view.steps, Date.now());
  return (
    <header className={styles.head}>
      <nav className={styles.crumbs} aria-label={t("frame.executions")}>
        <Link to="/executions">{t("frame.executions")}</Link>
        <ChevronRight size={12} className="mirror" aria-hidden />
        <code>{id}</code>
      </nav>
      <Controls view={view} changed={changed} />
      <div className={styles.title}>
        <h1>
          <bdi>{name}</bdi>
        </h1>
        {title !== "" && title !== name && !said && (
          <span className="quiet cut" dir="auto" title={title}>
            {title}
          </span>
        )}
        <StatusChip status={status} />
        {byModel && <ModelMark />}
      </div>
      <dl className={styles.facts}>
        {status === "proposed" ? (
          <PlanFacts total={steps_total} look={look} />
        ) : (
          <>
            <Fact word={t("execution.progress")}>
              <span className={styles.progress}>
                <bdi className="num">
                  <b>{done}</b>{" "}
                  <span className="quiet">{t("execution.of_steps", { count: steps_total })}</span>
                </bdi>
                <Progress done={done} total={steps_total} tone={toneOf(status)} />
              </span>
            </Fact>
            <Fact word={ended_at === null ? t("execution.elapsed") : t("execution.took")}>
              <Span from={started_at} to={ended_at} />
            </Fact>
          </>
        )}
        {started_at !== null && (
          <Fact word={t("execution.started")}>
            <ClockTime at={started_at} seconds />
          </Fact>
        )}
        {saved >= 100 && (
          <Fact word={t("execution.saved")}>
            <Stretch ms={saved} />
          </Fact>
        )}
        {view.rerun_of !== null && (
          <Fact word={t("execution.repeats")}>
            <Link to="/executions/$id" params={{ id: view.rerun_of.execution }} className={styles.link}>
              {view.rerun_of.from === null
                ? t("execution.repeats_failed")
                : t("execution.repeats_from", { step: view.rerun_of.from })}
            </Link>
          </Fact>
        )}
        {execution.source !== "" && execution.source !== name && (
          <Fact word={t("execution.source")}>
            <bdi className="mono">
              <Exact text={execution.source} />
            </bdi>
          </Fact>
        )}
      </dl>
    </header>
  );
}

/** What is known of a plan before it runs. */
function PlanFacts({ total, look }: { total: number; look: PlanCheck | undefined }) {
  const { t } = useTranslation();
  const writes = look?.preview.filter((step) => step.effect === "writes").length ?? 0;
  const asks = look?.preview.filter((step) => step.asks !== "never").length ?? 0;
  return (
    <>
      <Fact word={t("plan.steps")}>
        <b className="num">{total}</b>
      </Fact>
      {look?.ok && (
        <>
          <Fact word={t("plan.waves")}>
            <b className="num">{look.waves.length}</b>
          </Fact>
          <Fact word={t("plan.write")}>
            <b className="num">{writes}</b>
          </Fact>
          <Fact word={t("plan.stops_for_you")}>
            <b className="num" data-tone={asks > 0 ? "wait" : undefined}>
              {asks}
            </b>
          </Fact>
        </>
      )}
    </>
  );
}

function Controls({ view, changed }: { view: ExecutionDetail; changed: boolean }) {
  const { execution } = view;
  const hands = useHands();
  const [asking, setAsking] = useState(false);
  const subject = { execution, changed, askToCancel: () => setAsking(true) };
  const proposed = execution.status === "proposed";
  const over = execution.ended_at !== null;
  const again = bind(rerun, { execution, from: undefined }, hands);
  const possible = over ? [] : proposed ? [discard, start] : [pause, resume, cancel];
  const shown = over ? [again] : possible.map((action) => bind(action, subject, hands));
  const covered = useApprovalIsOpen();
  useShortcuts(shown, !asking && !covered);
  return (
    <div className={styles.controls}>
      {shown.map((action) => (
        <ActionButton
          key={action.id}
          action={action}
          tone={action.id === start.id ? "go" : "plain"}
          keys={proposed}
        />
      ))}
      <CancelQuestion
        open={asking}
        action={bind(cancelNow, subject, hands)}
        onClose={() => setAsking(false)}
      />
    </div>
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
