/** The answers. None has the focus, and for 0.6 s after the question appeared none works. */
import { type KeyboardEvent, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Action, bind } from "../../actions/action";
import { useHands, useShortcuts } from "../../actions/use-actions";
import type { ApprovalView } from "../../backend/views";
import { ActionButton } from "../../components/button";
import { useNotices } from "../../components/notices";
import {
  approve,
  approveAlways,
  approveHere,
  askReason,
  back,
  edit,
  happened,
  putEdited,
  type Question,
  reject,
  runAgain,
  type Scope,
  type Stage,
  skip,
  tryAgain,
  widen,
} from "./actions";
import styles from "./approval-dialog.module.css";
import { EditedArguments } from "./edited-arguments";
import { Reach } from "./reach";

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
  const [stage, setStage] = useState<Stage>("asked");
  const [reason, setReason] = useState("");
  const wide = approval.scopes.filter((each) => each === "always" || each === "always_under");
  const [scope, setScope] = useState<Scope>("once");
  const [text, setText] = useState(() => pretty(approval.args));
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
    scope: stage === "widening" ? scope : "once",
    reason,
    stage,
    setStage,
    edited: stage === "editing" ? objectOf(text) : null,
    answered,
  };
  const bound = (action: Action<Question>) => bind(action, question, hands);
  const unknown = approval.kind === "unknown_outcome";
  const failed = approval.kind === "failed";
  const yes = bound(unknown ? runAgain : failed ? tryAgain : approve);
  const no = bound(askReason);
  const others = [
    ...(unknown ? [bound(happened)] : failed ? [bound(skip)] : [bound(edit)]),
    ...(wide.length > 0 ? [bound(widen)] : []),
    ...(approval.scopes.includes("execution") ? [bound(approveHere)] : []),
  ];
  const confirm = { rejecting: bound(reject), widening: bound(approveAlways), editing: bound(putEdited) };
  useShortcuts(stage === "asked" ? [yes, no, ...others] : [confirm[stage]]);
  if (stage !== "asked") {
    return (
      // biome-ignore lint/a11y/noStaticElementInteractions: Escape is heard wherever the focus is inside.
      <footer className={styles.foot} data-stage={stage} onKeyDown={(event) => leave(event, setStage)}>
        {stage === "rejecting" && <Reason reason={reason} onReason={setReason} />}
        {stage === "widening" && <Reach approval={approval} scopes={wide} scope={scope} onScope={setScope} />}
        {stage === "editing" && (
          <EditedArguments text={text} sound={question.edited !== null} onText={setText} />
        )}
        <ActionButton action={bound(back)} icon={false} />
        <ActionButton
          action={confirm[stage]}
          tone={stage === "rejecting" ? "plain" : "go"}
          keys
          icon={false}
        />
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
        {others.map((action) => (
          <ActionButton key={action.id} action={action} keys icon={false} />
        ))}
        <ActionButton action={yes} tone="go" keys icon={false} />
      </span>
    </footer>
  );
}

/** Escape steps back to the question; the fields tell the dialog to leave that key alone. */
function leave(event: KeyboardEvent, setStage: (stage: Stage) => void): void {
  if (event.key !== "Escape") return;
  event.preventDefault();
  event.stopPropagation();
  setStage("asked");
}

function Reason({ reason, onReason }: { reason: string; onReason(reason: string): void }) {
  const { t } = useTranslation();
  return (
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
        data-mantine-stop-propagation="true"
        value={reason}
        onChange={(event) => onReason(event.currentTarget.value)}
      />
    </label>
  );
}

function pretty(args: string): string {
  try {
    return JSON.stringify(JSON.parse(args), null, 2);
  } catch {
    return args;
  }
}

function objectOf(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
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
