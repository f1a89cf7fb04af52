/** Why an account has its place in a choice: in the language of the page, with times of its zone. */
import "../i18n/late";
import { useTranslation } from "react-i18next";
import type { ReasonView } from "../backend/views";
import { instant } from "../lib/span";
import { clock, exact } from "./moment";

export function Reason({ reason }: { reason: ReasonView }) {
  const { i18n } = useTranslation();
  const when = instant(momentOf(reason));
  return (
    <bdi dir="auto" {...(when === null ? {} : { title: exact(when, i18n.language) })}>
      {useWords(reason)}
    </bdi>
  );
}

/** What tells one reason from another of the same account. */
export const reasonKey = (reason: ReasonView): string => JSON.stringify(reason);

/** The moment that a sentence is about: until when, else since when. */
function momentOf(reason: ReasonView): string | null {
  if (reason.kind === "used_up") return reason.resets_at;
  return reason.kind === "ran_out" ? (reason.out.resets_at ?? reason.out.at) : null;
}

function useWords(reason: ReasonView): string {
  const { t, i18n } = useTranslation();
  const number = new Intl.NumberFormat(i18n.language);
  const percent = new Intl.NumberFormat(i18n.language, { style: "percent", maximumFractionDigits: 0 });
  const time = (at: string) => clock(instant(at) ?? 0, i18n.language);
  switch (reason.kind) {
    case "paused":
    case "not_called":
    case "left_out":
    case "budget":
    case "no_limit_seen":
    case "best_at":
      return t(`reason.${reason.kind}`);
    case "rule":
      return t(`reason.rule_${reason.says}`, { number: number.format(reason.number) });
    case "used_up": {
      const span = t(`accounts.span_${reason.span}`);
      return reason.resets_at === null
        ? t("reason.used_up", { span })
        : t("reason.used_up_until", { span, until: time(reason.resets_at) });
    }
    case "ran_out": {
      const { out } = reason;
      const at = time(out.at);
      if (out.resets_at === null) return t("reason.ran_out", { at });
      const until = time(out.resets_at);
      return out.resets_zone === null
        ? t("reason.ran_out_until", { at, until })
        : t("reason.ran_out_assumed", { at, until, zone: out.resets_zone });
    }
    case "check":
      return t(`accounts.outcome_${reason.outcome}`);
    case "left":
      return t("reason.left", { span: t(`accounts.span_${reason.span}`), part: percent.format(reason.part) });
    case "runs_out_early":
      return t("reason.runs_out_early", { span: t(`accounts.span_${reason.span}`) });
    case "measured":
      return t("reason.measured", { done: number.format(reason.done), calls: number.format(reason.calls) });
    case "in_flight":
      return t("reason.in_flight", { count: reason.calls });
    case "price":
      return reason.usd === null ? t("reason.price_unknown") : t("reason.price", { usd: reason.usd });
    case "in_plan":
      return t("reason.in_plan");
    case "latency":
      return t("reason.latency", { ms: number.format(reason.ms) });
  }
}
