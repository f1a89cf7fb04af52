/** What stops this execution: a question for a person, or why it failed, in plain words. */
import { useQuery } from "@tanstack/react-query";
import { CircleX, Hand } from "lucide-react";
import { useTranslation } from "react-i18next";
import { bind } from "../../actions/action";
import { useHands, useShortcuts } from "../../actions/use-actions";
import { useApprovalIsOpen } from "../../actions/use-approval-is-open";
import { useQueries } from "../../backend/use-backend";
import type { ApprovalView, ExecutionDetail, FailureView } from "../../backend/views";
import { ActionButton } from "../../components/button";
import { Exact } from "../../components/exact";
import { clock } from "../../components/moment";
import { instant } from "../../lib/span";
import { FailureWords } from "./failure-words";
import { review } from "./review";
import styles from "./waits-band.module.css";

export function WaitsBand({ view }: { view: ExecutionDetail }) {
  const { data } = useQuery({ ...useQueries().approvals(), enabled: view.execution.waiting > 0 });
  const asked = data?.items.filter((approval) => approval.execution_id === view.execution.id) ?? [];
  const [first, ...rest] = asked;
  if (first !== undefined) return <Waits approval={first} more={rest.length} />;
  if (view.cause !== null) return <Failed cause={view.cause} />;
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
          <Exact text={approval.summary} />
        </bdi>{" "}
        <span className="quiet">
          {approval.reversible ? t("inbox.can_undo") : t("inbox.cannot_undo")}{" "}
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

function Failed({ cause }: { cause: FailureView }) {
  const { t } = useTranslation();
  return (
    <section className={styles.band} data-tone="bad" aria-label={t("execution.failed_band")}>
      <CircleX size={16} strokeWidth={1.75} aria-hidden />
      <FailureWords failure={cause} />
    </section>
  );
}
