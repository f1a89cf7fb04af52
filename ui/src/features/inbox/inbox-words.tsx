/** A thread in words, the same in its row, beside the list and in what is said afterwards. */
import type { TFunction } from "i18next";
import { CircleAlert, CircleQuestionMark, CircleX, Hand, type LucideIcon, OctagonX } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { ThreadView } from "../../backend/views";
import { Exact } from "../../components/exact";

export const looks: Record<ThreadView["kind"], { icon: LucideIcon; tone: "wait" | "bad" }> = {
  approval: { icon: Hand, tone: "wait" },
  unknown_outcome: { icon: CircleAlert, tone: "wait" },
  question: { icon: CircleQuestionMark, tone: "wait" },
  failed_step: { icon: CircleX, tone: "wait" },
  stopped: { icon: OctagonX, tone: "wait" },
  failed: { icon: CircleX, tone: "bad" },
};

/** What it is about, in a few plain words. */
export function headline({ kind, approval, execution }: ThreadView, t: TFunction): string {
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
