/** The chosen question beside the list: enough to know what it is, and the exact call. */
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { BoundAction } from "../../actions/action";
import type { ApprovalView } from "../../backend/views";
import { ActionButton } from "../../components/button";
import { Exact, ExactFields } from "../../components/exact";
import { Ago } from "../../components/moment";
import { StatusChip } from "../../components/status";
import { QuestionAnswer } from "../approval/question-answer";
import { FailureWords } from "../executions/failure-words";
import styles from "./inbox-list.module.css";

export function InboxPeek({
  approval,
  actions,
  listening,
  onAnswered,
}: {
  approval: ApprovalView;
  actions: readonly BoundAction[];
  /** Nothing lies over the list, so the keys are its own. */
  listening: boolean;
  onAnswered(): void;
}) {
  const { t } = useTranslation();
  const [opened] = useState(() => performance.now());
  const { question, failure } = approval;
  return (
    <aside className={styles.peek} aria-label={t("inbox.peek")}>
      <section>
        <p className={styles.meta}>
          <StatusChip status="waiting" />
          <span className="small faint">
            <Ago at={approval.asked_at} />
          </span>
        </p>
        <h2>
          {approval.kind === "failed" ? (
            t("approval.failed_title", { step: approval.step })
          ) : (
            <bdi dir="auto">
              <Exact text={question?.text ?? approval.summary} />
            </bdi>
          )}
        </h2>
        <p className="quiet">
          <Link to="/executions/$id" params={{ id: approval.execution_id }} className={styles.link}>
            {t("inbox.line", { execution: approval.execution_name, step: approval.step })}
          </Link>
        </p>
      </section>
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
      <footer hidden={actions.length === 0}>
        {actions.map((action, at) => (
          <ActionButton
            key={action.id}
            action={action}
            tone={at === 0 ? "accent" : "plain"}
            icon={false}
            keys
          />
        ))}
      </footer>
    </aside>
  );
}
