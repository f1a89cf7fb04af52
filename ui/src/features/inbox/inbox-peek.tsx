/** The chosen thread beside the list: enough to know what it is, and the exact call where one is asked about. */
import { Link } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { BoundAction } from "../../actions/action";
import type { ApprovalView, ThreadView } from "../../backend/views";
import { ActionButton } from "../../components/button";
import { Exact, ExactFields, Quoted } from "../../components/exact";
import { Ago } from "../../components/moment";
import { StatusChip } from "../../components/status";
import { QuestionAnswer } from "../approval/question-answer";
import { FailureWords } from "../executions/failure-words";
import { DraftPeek, SentPeek } from "./draft-peek";
import styles from "./inbox-list.module.css";
import { Headline, lookOf } from "./inbox-words";

interface InboxPeekProps {
  thread: ThreadView;
  actions: readonly BoundAction[];
  /** Nothing lies over the list, so the keys are its own. */
  listening: boolean;
  /** Somebody asked for it, so the keys go on from here. */
  asked: boolean;
  onAnswered(): void;
}

export function InboxPeek({ thread, actions, listening, asked, onAnswered }: InboxPeekProps) {
  const { t } = useTranslation();
  const peek = useRef<HTMLElement>(null);
  useEffect(() => {
    if (asked) peek.current?.focus({ preventScroll: true });
  }, [asked]);
  const { approval, execution, draft, handoff } = thread;
  return (
    <aside ref={peek} tabIndex={-1} className={styles.peek} aria-label={t("inbox.peek")}>
      <section>
        <p className={styles.meta}>
          {execution === null ? (
            <KindChip thread={thread} />
          ) : (
            <StatusChip status={approval === null ? execution.status : "waiting"} />
          )}
          <span className="small faint">
            <Ago at={thread.since} />
          </span>
        </p>
        <h2>
          <Headline thread={thread} />
        </h2>
        {execution !== null && (
          <p className="quiet">
            <Link to="/executions/$id" params={{ id: execution.id }} className={styles.link}>
              {approval === null
                ? t("inbox.of_steps", { done: execution.steps_done, count: execution.steps_total })
                : t("inbox.line", { execution: execution.name, step: approval.step })}
            </Link>
          </p>
        )}
      </section>
      {draft !== null && <DraftPeek draft={draft} />}
      {handoff !== null && <SentPeek handoff={handoff} />}
      {approval === null ? (
        execution !== null && (
          <section>
            <h3>{t("inbox.cause")}</h3>
            <p>
              <bdi dir="auto">
                <Quoted text={execution.title} />
              </bdi>
            </p>
          </section>
        )
      ) : (
        <Asked approval={approval} listening={listening} onAnswered={onAnswered} />
      )}
      <footer hidden={actions.length === 0}>
        {actions.map((action, at) => (
          <ActionButton
            key={action.id}
            action={action}
            tone={at > 0 ? "plain" : draft === null ? "accent" : "go"}
            icon={false}
            keys
          />
        ))}
      </footer>
    </aside>
  );
}

function KindChip({ thread }: { thread: ThreadView }) {
  const { t } = useTranslation();
  const { icon: Icon, tone } = lookOf(thread);
  return (
    <span className={styles.kind} data-tone={tone}>
      <Icon size={16} strokeWidth={1.75} aria-hidden />
      {t(`inbox.${thread.kind}`)}
    </span>
  );
}

interface AskedProps {
  approval: ApprovalView;
  listening: boolean;
  onAnswered(): void;
}

function Asked({ approval, listening, onAnswered }: AskedProps) {
  const { t } = useTranslation();
  const [opened] = useState(() => performance.now());
  const { question, failure } = approval;
  return (
    <>
      {failure !== null && (
        <section>
          <h3>{t("step.failed")}</h3>
          <FailureWords failure={failure} />
        </section>
      )}
      {question !== null && (
        <section className={styles.reply}>
          <h3>{t("inbox.your_answer")}</h3>
          <QuestionAnswer
            approval={approval}
            question={question}
            opened={opened}
            listening={listening}
            onClose={onAnswered}
          />
        </section>
      )}
      <section>
        <h3>{t("approval.why")}</h3>
        <p>
          <bdi dir="auto">
            <Exact text={approval.because} />
          </bdi>
        </p>
      </section>
      {question === null && (
        <section>
          <h3>{t("approval.arguments")}</h3>
          <p className={styles.tool}>
            <code>{approval.tool}</code>
          </p>
          <ExactFields value={JSON.parse(approval.args)} />
        </section>
      )}
    </>
  );
}
