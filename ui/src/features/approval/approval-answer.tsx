/** The two answers. Neither has the focus, and for 0.6 s after the question appeared none works. */
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { bind } from "../../actions/action";
import { useHands, useShortcuts } from "../../actions/use-actions";
import type { ApprovalView } from "../../backend/views";
import { ActionButton } from "../../components/button";
import { useNotices } from "../../components/notices";
import {
  approve,
  askReason,
  back,
  happened,
  type Question,
  reject,
  runAgain,
  type Scope,
  skip,
  tryAgain,
} from "./actions";
import styles from "./approval-dialog.module.css";

const GUARD_MS = 600;

interface ApprovalAnswerProps {
  approval: ApprovalView;
  /** When the question appeared, on the clock of `performance.now`. */
  opened: number;
  /** What must be read before a yes was on the screen to its end. */
  seen: boolean;
  onClose(): void;
}

export function ApprovalAnswer({ approval, opened, seen, onClose }: ApprovalAnswerProps) {
  const { t } = useTranslation();
  const hands = useHands();
  const { tell } = useNotices();
  const guarded = useGuard(opened);
  const [rejecting, setRejecting] = useState(false);
  const [reason, setReason] = useState("");
  const [scope, setScope] = useState<Scope>("once");
  const answered = (approved: boolean) => {
    const { summary } = approval;
    tell(
      approved ? t("approval.answered_approved", { summary }) : t("approval.answered_rejected", { summary }),
    );
    onClose();
  };
  const question: Question = {
    approval,
    guarded,
    ready: !guarded && seen,
    scope,
    reason,
    rejecting,
    setRejecting,
    answered,
  };
  const unknown = approval.kind === "unknown_outcome";
  const failed = approval.kind === "failed";
  const yes = bind(unknown ? runAgain : failed ? tryAgain : approve, question, hands);
  const no = bind(askReason, question, hands);
  const other = unknown ? bind(happened, question, hands) : failed ? bind(skip, question, hands) : null;
  const confirm = bind(reject, question, hands);
  useShortcuts(rejecting ? [confirm] : other === null ? [yes, no] : [yes, no, other]);
  if (rejecting) {
    return (
      <footer className={styles.foot} data-rejecting>
        <label className={styles.reason}>
          <span className="small quiet">
            {t("approval.reason")}. {t("approval.reason_hint")}
          </span>
          {/* The person has just asked for it, so the focus may go there. */}
          <textarea
            rows={2}
            maxLength={2_000}
            dir="auto"
            ref={focus}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
        </label>
        <ActionButton action={bind(back, question, hands)} icon={false} />
        <ActionButton action={confirm} keys />
      </footer>
    );
  }
  return (
    <footer className={styles.foot}>
      <ActionButton action={no} keys icon={false} />
      <span className="small faint" role="status">
        {guarded ? t("approval.guard") : seen ? "" : t("approval.to_the_end")}
      </span>
      <span className={styles.yes}>
        {approval.scopes.length > 0 && (
          <label className="small quiet">
            {t("approval.scope")}{" "}
            <select value={scope} onChange={(event) => setScope(event.currentTarget.value as Scope)}>
              {(["once", ...approval.scopes] as const).map((each) => (
                <option key={each} value={each}>
                  {t(`scope.${each}`)}
                </option>
              ))}
            </select>
          </label>
        )}
        {other !== null && <ActionButton action={other} keys icon={false} />}
        <ActionButton action={yes} tone="go" keys icon={false} />
      </span>
    </footer>
  );
}

const focus = (area: HTMLTextAreaElement | null) => area?.focus();

/** True until the question has been on the screen long enough not to be answered by accident. */
export function useGuard(opened: number): boolean {
  const [guarded, setGuarded] = useState(true);
  useEffect(() => {
    setGuarded(true);
    const timer = setTimeout(() => setGuarded(false), Math.max(0, opened + GUARD_MS - performance.now()));
    return () => clearTimeout(timer);
  }, [opened]);
  return guarded;
}
