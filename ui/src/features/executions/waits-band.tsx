/** What stops this execution: a question for a person, or why it failed, in plain words. */
import { useQuery } from "@tanstack/react-query";
import { CircleX, Hand, Unplug } from "lucide-react";
import { useTranslation } from "react-i18next";
import { bind } from "../../actions/action";
import { useHands, useShortcuts } from "../../actions/use-actions";
import { useApprovalIsOpen } from "../../actions/use-approval-is-open";
import { useQueries } from "../../backend/use-backend";
import type { ApprovalView, ExecutionDetail, FailureView } from "../../backend/views";
import { ActionButton, Button } from "../../components/button";
import { Quoted } from "../../components/exact";
import { clock } from "../../components/moment";
import { instant } from "../../lib/span";
import { rerunFrom, resume } from "./actions";
import { FailureWords } from "./failure-words";
import { review } from "./review";
import styles from "./waits-band.module.css";

interface WaitsBandProps {
  view: ExecutionDetail;
  onSelect(step: string | undefined): void;
}

export function WaitsBand({ view, onSelect }: WaitsBandProps) {
  const { data } = useQuery({ ...useQueries().approvals(), enabled: view.execution.waiting > 0 });
  const asked = data?.items.filter((approval) => approval.execution_id === view.execution.id) ?? [];
  const [first, ...rest] = asked;
  if (first !== undefined) return <Waits approval={first} more={rest.length} />;
  if (view.execution.undriven) return <Undriven view={view} />;
  if (view.cause !== null) return <Failed view={view} cause={view.cause} onSelect={onSelect} />;
  return null;
}

function Waits({ approval, more }: { approval: ApprovalView; more: number }) {
  const { t, i18n } = useTranslation();
  const expires = instant(approval.expires_at);
  const bound = bind(review, approval.id, useHands());
  useShortcuts([bound], !useApprovalIsOpen());
  return (
    <section className={styles.band} data-tone="wait" aria-label={t("approval.waits")}>
      <Hand size={16} strokeWidth={1.75} aria-hidden />
      <b>{t("approval.waits")}</b>
      <p className={styles.text}>
        <b>
          <bdi>{approval.step}</bdi>
        </b>{" "}
        <bdi dir="auto">
          <Quoted text={approval.summary} />
        </bdi>{" "}
        <span className="quiet">
          {approval.kind === "call" && (approval.reversible ? t("inbox.can_undo") : t("inbox.cannot_undo"))}{" "}
          {more > 0 && t("execution.waits_more", { count: more })}
        </span>
      </p>
      <span className={`quiet small ${styles.until}`}>
        {expires !== null && t("inbox.expires", { when: clock(expires, i18n.language) })}
      </span>
      <ActionButton action={bound} tone="accent" icon={false} keys small />
    </section>
  );
}

/** It counts as running, and nobody works on it: said, with the way on. */
function Undriven({ view }: { view: ExecutionDetail }) {
  const { t } = useTranslation();
  const subject = { execution: view.execution, askToCancel: () => undefined };
  // The keys are those of the same action in the header.
  const bound = { ...bind(resume, subject, useHands()), shortcut: undefined };
  return (
    <section className={styles.band} data-tone="warn" aria-label={t("execution.undriven")}>
      <Unplug size={16} strokeWidth={1.75} aria-hidden />
      <b>{t("execution.undriven")}</b>
      <p className={styles.text}>{t("execution.undriven_next")}</p>
      <ActionButton action={bound} tone="accent" icon={false} small />
    </section>
  );
}

/** The cause, and the ladder: what can be done now, each by one press. */
function Failed({ view, cause, onSelect }: WaitsBandProps & { cause: FailureView }) {
  const { t } = useTranslation();
  const hands = useHands();
  const { execution, steps } = view;
  const failed = steps.find((step) => step.status === "failed");
  return (
    <section className={styles.band} data-tone="bad" aria-label={t("execution.failed_band")}>
      <CircleX size={16} strokeWidth={1.75} aria-hidden />
      <FailureWords failure={cause} />
      <span className={styles.ladder}>
        {failed !== undefined && (
          <Button small onClick={() => onSelect(failed.id)} data-action="step.show_failed">
            {t("execution.show_failed", { count: failed.attempts.length })}
          </Button>
        )}
        {failed !== undefined && execution.ended_at !== null && (
          <ActionButton
            action={{ ...bind(rerunFrom, { execution, from: failed.id }, hands), shortcut: undefined }}
            tone="accent"
            small
          />
        )}
      </span>
    </section>
  );
}
