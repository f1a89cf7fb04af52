/** The second line of a thread: where it is asked, how it ended, who ran out, or who is waited for. */
import { useTranslation } from "react-i18next";
import type { ApprovalView, DraftView, SentHandoff, ThreadView } from "../../backend/views";
import { Exact } from "../../components/exact";
import { relative } from "../../components/moment";
import { instant } from "../../lib/span";
import { useNow } from "../../lib/use-now";

export function InboxLine({ thread: { approval, draft, handoff, execution } }: { thread: ThreadView }) {
  if (approval !== null) return <Asked approval={approval} />;
  if (draft !== null) return <RanOut draft={draft} />;
  if (handoff !== null) return <Sent handoff={handoff} />;
  if (execution === null) return null;
  return (
    <bdi dir="auto">
      <Exact text={execution.title} />
    </bdi>
  );
}

/** Where it is asked, whether it can be undone, and until when. */
function Asked({ approval }: { approval: ApprovalView }) {
  const { t, i18n } = useTranslation();
  const now = useNow(10_000);
  const expires = instant(approval.expires_at);
  return (
    <>
      {t("inbox.line", { execution: approval.execution_name, step: approval.step })}.{" "}
      {approval.failure !== null && <>{t(`failure.${approval.failure.class}`)}. </>}
      {approval.kind !== "question" &&
        approval.failure === null &&
        (approval.reversible ? t("inbox.can_undo") : t("inbox.cannot_undo"))}{" "}
      {expires !== null && t("inbox.expires", { when: relative(expires, now, i18n.language, "long") })}
    </>
  );
}

/** Who ran out and until when, and how much of the work the draft keeps. */
function RanOut({ draft }: { draft: DraftView }) {
  const { t } = useTranslation();
  const until = useUntil(draft);
  const kept = useKept(draft);
  return (
    <>
      {t("inbox.ran_out_title", { who: draft.who })}, {until}.{kept !== null && <> {kept}.</>}
      {draft.project_id === null && draft.becomes !== null && <> {t("inbox.no_project")}.</>}
      {draft.to_account_id === null && <> {t("inbox.no_receiver")}.</>}
    </>
  );
}

function Sent({ handoff }: { handoff: SentHandoff }) {
  const { t } = useTranslation();
  const kept = useKept(handoff);
  return (
    <>
      {t("inbox.not_claimed")}.{kept !== null && <> {kept}.</>}
    </>
  );
}

/** Until when an account is out, in words that stay right as time passes. */
export function useUntil({ source, resets_at }: DraftView): string {
  const { t, i18n } = useTranslation();
  const now = useNow(10_000);
  const reset = instant(resets_at);
  if (reset === null) return t(source === "credit" ? "inbox.no_credit" : "inbox.resets_unknown");
  const when = relative(reset, now, i18n.language, "long");
  return t(reset <= now ? "inbox.has_reset" : "inbox.resets_at", { when });
}

/** How long a briefing is and how much of what must not be lost it keeps; null where there is none. */
export function useKept({ tokens, score }: { tokens: number | null; score: number | null }): string | null {
  const { t, i18n } = useTranslation();
  if (tokens === null || score === null) return null;
  const percent = new Intl.NumberFormat(i18n.language, { style: "percent", maximumFractionDigits: 0 });
  return t("inbox.draft_is", { tokens, score: percent.format(score) });
}
