/** The range in six numbers, each with where it comes from; what is only known in part says "at least". */
import { useTranslation } from "react-i18next";
import type { SavedView, UsageView } from "../../backend/views";
import { Figure, Figures, Told } from "../../components/figures";
import { shortCount, usd } from "../../lib/amounts";
import { unknownParts } from "./unknown";

export function RangeFigures({ usage, saved }: { usage: UsageView; saved: SavedView | undefined }) {
  const { t, i18n } = useTranslation();
  const { both, calls, sessions, credits } = usage.total;
  const least = (isLeast: boolean, amount: string) => (isLeast ? t("bar.at_least", { amount }) : amount);
  const money = (part: typeof calls) =>
    part.usd === null
      ? t("insights.unknown")
      : least(part.usd_at_least, `${usd(Number(part.usd), i18n.language)} USD`);
  const none = <span className="faint">–</span>;
  return (
    <Figures>
      <Figure name={t("insights.tokens")}>
        <Told
          note={t("insights.answers", { count: both.answers })}
          value={least(both.tokens_at_least, shortCount(both.tokens, i18n.language))}
        />
      </Figure>
      <Figure name={t("insights.paid")}>
        <Told
          note={
            calls.answers === 0 ? t("insights.no_calls") : unknownParts(calls, t) || t("insights.calls_all")
          }
          value={calls.answers === 0 ? none : money(calls)}
        />
      </Figure>
      <Figure name={t("insights.listed")}>
        <Told
          note={
            sessions.answers + sessions.untold === 0 ? t("insights.no_sessions") : unknownParts(sessions, t)
          }
          value={sessions.answers + sessions.untold === 0 ? none : money(sessions)}
        />
      </Figure>
      <Figure name={t("insights.credits")}>
        <Told
          note={t("insights.credits_note")}
          value={credits === null ? none : new Intl.NumberFormat(i18n.language).format(credits)}
        />
      </Figure>
      <Figure name={t("insights.saved_tokens")}>
        <Told
          note={t("insights.saved_tokens_how")}
          value={
            saved === undefined || saved.handoffs === saved.unmeasured
              ? none
              : shortCount(saved.tokens, i18n.language)
          }
        />
      </Figure>
      <Figure name={t("insights.saved_minutes")}>
        <Told
          note={t("insights.saved_minutes_how", { rate: saved?.typed_tokens_per_minute ?? 50 })}
          value={
            saved === undefined || saved.handoffs === saved.unmeasured
              ? none
              : new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 0 }).format(saved.minutes)
          }
        />
      </Figure>
    </Figures>
  );
}
