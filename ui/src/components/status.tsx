/** A state of an execution or a step: one icon, one word, one tone, everywhere the same. */
import {
  Ban,
  CircleCheck,
  CircleDashed,
  CircleDot,
  CirclePause,
  CirclePlay,
  CircleQuestionMark,
  CircleSlash,
  CircleX,
  Hand,
  Hourglass,
  type LucideIcon,
  OctagonX,
  ScanSearch,
  SearchCheck,
  SkipForward,
} from "lucide-react";
import { useTranslation } from "react-i18next";
import type { ExecutionStatus, StepStatus } from "../backend/views";
import styles from "./status.module.css";

export type Tone = "wait" | "bad" | "warn" | "well" | "run" | "idle" | "accent";
export type Status = ExecutionStatus | StepStatus;

const looks: Record<Status, { icon: LucideIcon; tone: Tone }> = {
  proposed: { icon: ScanSearch, tone: "idle" },
  running: { icon: CirclePlay, tone: "run" },
  waiting: { icon: Hand, tone: "wait" },
  paused: { icon: CirclePause, tone: "warn" },
  cancelling: { icon: CircleSlash, tone: "warn" },
  done: { icon: CircleCheck, tone: "well" },
  failed: { icon: CircleX, tone: "bad" },
  cancelled: { icon: Ban, tone: "idle" },
  stopped: { icon: OctagonX, tone: "bad" },
  pending: { icon: CircleDashed, tone: "idle" },
  ready: { icon: CircleDot, tone: "idle" },
  assessing: { icon: ScanSearch, tone: "run" },
  waiting_approval: { icon: Hand, tone: "wait" },
  waiting_retry: { icon: Hourglass, tone: "warn" },
  looking: { icon: SearchCheck, tone: "run" },
  skipped: { icon: SkipForward, tone: "idle" },
  cancelled_unknown: { icon: CircleQuestionMark, tone: "warn" },
};

export const toneOf = (status: Status): Tone => looks[status].tone;
export const iconOf = (status: Status): LucideIcon => looks[status].icon;

const moves = new Set<Status>(["running", "assessing", "looking", "cancelling"]);

export function StatusIcon({ status, size = 16 }: { status: Status; size?: number }) {
  const { icon: Icon, tone } = looks[status];
  const mirror = status === "skipped" ? "mirror" : "";
  return (
    <Icon
      size={size}
      strokeWidth={1.75}
      data-tone={tone}
      className={`${moves.has(status) ? "pulse" : ""} ${mirror}`}
      aria-hidden
    />
  );
}

/** Icon and word in their tone. */
export function StatusWord({ status }: { status: Status }) {
  const { t } = useTranslation();
  return (
    <span className={styles.word} data-tone={toneOf(status)} data-status={status}>
      <StatusIcon status={status} />
      {t(`status.${status}`)}
    </span>
  );
}

/** The same on a tint, for headers. */
export function StatusChip({ status }: { status: Status }) {
  const { t } = useTranslation();
  return (
    <span className={styles.chip} data-tone={toneOf(status)} data-status={status}>
      <StatusIcon status={status} size={12} />
      {t(`status.${status}`)}
    </span>
  );
}
