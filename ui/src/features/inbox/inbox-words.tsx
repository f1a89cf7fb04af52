/** A thread in words, the same in its row, beside the list and in what is said afterwards. */
import type { TFunction } from "i18next";
import {
  CircleAlert,
  CircleQuestionMark,
  CircleX,
  Hand,
  Hourglass,
  type LucideIcon,
  OctagonX,
  Send,
} from "lucide-react";
import { useTranslation } from "react-i18next";
import type { DraftView, SentHandoff, ThreadView } from "../../backend/views";
import { Exact } from "../../components/exact";

const looks: Record<ThreadView["kind"], { icon: LucideIcon; tone: "wait" | "bad" | "idle" }> = {
  approval: { icon: Hand, tone: "wait" },
  unknown_outcome: { icon: CircleAlert, tone: "wait" },
  question: { icon: CircleQuestionMark, tone: "wait" },
  failed_step: { icon: CircleX, tone: "wait" },
  stopped: { icon: OctagonX, tone: "wait" },
  failed: { icon: CircleX, tone: "bad" },
  ran_out: { icon: Hourglass, tone: "wait" },
  handoff: { icon: Send, tone: "idle" },
};

/** Its icon and its colour; one that has gone on by itself waits for nobody. */
export function lookOf({ kind, waits }: ThreadView) {
  const look = looks[kind];
  return look.tone === "wait" && !waits ? { ...look, tone: "idle" as const } : look;
}

/** What it is about, in a few plain words. */
export function headline({ kind, approval, execution, draft, handoff }: ThreadView, t: TFunction): string {
  if (draft !== null) return ofDraft(draft, t);
  if (handoff !== null) return ofHandoff(handoff, t);
  if (execution === null) return "";
  if (kind === "failed") return t("inbox.failed_title", { name: execution.name });
  if (kind === "stopped") return t("inbox.stopped_title", { name: execution.name });
  if (approval === null) return execution.name;
  if (kind === "failed_step") return t("approval.failed_title", { step: approval.step });
  return approval.question?.text ?? approval.summary;
}

/** The same where it is shown: words of others exactly as they are. */
export function Headline({ thread }: { thread: ThreadView }) {
  const { t } = useTranslation();
  const { kind, approval } = thread;
  if (approval === null || kind === "failed_step") return headline(thread, t);
  return (
    <bdi dir="auto">
      <Exact text={approval.question?.text ?? approval.summary} />
    </bdi>
  );
}

/** The account that is proposed. */
export function receiverOf({ ranked, to_account_id }: DraftView) {
  return ranked.find(({ id }) => id === to_account_id);
}

/** The work of a draft: its project, else what a project of it would be called. */
export function workOf({ project, becomes }: DraftView): string | undefined {
  return project ?? becomes ?? undefined;
}

function ofDraft(draft: DraftView, t: TFunction): string {
  const to = receiverOf(draft)?.name;
  const project = workOf(draft);
  return project !== undefined && to !== undefined && draft.tokens !== null
    ? t("inbox.ready_title", { project, to })
    : t("inbox.ran_out_title", { who: draft.who });
}

function ofHandoff({ project, to, folder }: SentHandoff, t: TFunction): string {
  const name = project ?? folder ?? t("handoff.given_context");
  return to === null
    ? t("inbox.sent_to_any", { project: name })
    : t("inbox.sent_title", { project: name, to });
}
