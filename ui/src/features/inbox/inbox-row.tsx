/** One question in the list. */
import { CircleAlert, CircleQuestionMark, CircleX, Hand, type LucideIcon } from "lucide-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useHands } from "../../actions/use-actions";
import type { ApprovalView } from "../../backend/views";
import { Exact } from "../../components/exact";
import { Ago, relative } from "../../components/moment";
import { instant } from "../../lib/span";
import { useNow } from "../../lib/use-now";
import styles from "./inbox-list.module.css";

const kindOf = {
  call: "approval",
  unknown_outcome: "unknown",
  question: "question",
  failed: "failed",
} as const;

const icons: Record<ApprovalView["kind"], LucideIcon> = {
  call: Hand,
  unknown_outcome: CircleAlert,
  question: CircleQuestionMark,
  failed: CircleX,
};

interface InboxRowProps {
  approval: ApprovalView;
  chosen: boolean;
  /** There is no room beside the list, so choosing opens. */
  opens: boolean;
  onChoose(): void;
}

export function InboxRow({ approval, chosen, opens, onChoose }: InboxRowProps) {
  const { t, i18n } = useTranslation();
  const hands = useHands();
  const now = useNow(10_000);
  const row = useRef<HTMLLIElement>(null);
  const question = approval.kind === "question";
  const Icon = icons[approval.kind];
  const expires = instant(approval.expires_at);
  const choose = () => (opens ? hands.go({ place: "approval", id: approval.id }) : onChoose());
  useEffect(() => {
    if (chosen) row.current?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  return (
    <li ref={row} className={styles.row} data-chosen={chosen || undefined}>
      <span className={styles.kind} data-tone="wait">
        <Icon size={16} strokeWidth={1.75} aria-hidden />
        <span>{t(`inbox.${kindOf[approval.kind]}`)}</span>
      </span>
      <button
        type="button"
        className={styles.what}
        aria-current={chosen || undefined}
        data-approval-row={approval.id}
        onClick={choose}
        onDoubleClick={() => hands.go({ place: "approval", id: approval.id })}
      >
        <span className={styles.summary}>
          {approval.kind === "failed" ? (
            t("approval.failed_title", { step: approval.step })
          ) : (
            <bdi dir="auto">
              <Exact text={approval.question?.text ?? approval.summary} />
            </bdi>
          )}
        </span>
        <span className={styles.line}>
          {t("inbox.line", { execution: approval.execution_name, step: approval.step })}.{" "}
          {approval.failure !== null && <>{t(`failure.${approval.failure.class}`)}. </>}
          {!question &&
            approval.failure === null &&
            (approval.reversible ? t("inbox.can_undo") : t("inbox.cannot_undo"))}{" "}
          {expires !== null && t("inbox.expires", { when: relative(expires, now, i18n.language, "long") })}
        </span>
      </button>
      <span className={styles.asked}>
        <Ago at={approval.asked_at} />
      </span>
    </li>
  );
}
