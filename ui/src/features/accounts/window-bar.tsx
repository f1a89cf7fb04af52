/** One limit as a bar: what is used, what will be if it goes on like this, and when it is filled again. */
import { useTranslation } from "react-i18next";
import type { LimitView } from "../../backend/views";
import { instant } from "../../lib/span";
import { useNow } from "../../lib/use-now";
import { useLeft } from "./limit-words";
import { forecastPart } from "./limits";
import { roughSpan, roughTime } from "./rough-time";
import styles from "./window-bar.module.css";

export function WindowBar({ limit }: { limit: LimitView | null }) {
  const { t, i18n } = useTranslation();
  const now = useNow(10_000);
  const left = useLeft();
  if (limit === null) return <span className="faint small">{t("accounts.none_seen")}</span>;
  const reset = instant(limit.resets_at);
  const out = limit.before_reset ? instant(limit.runs_out_at) : null;
  const used = limit.used;
  const tone = used === 1 ? "bad" : out !== null || (used ?? 0) >= 0.8 ? "warn" : "idle";
  const percent = new Intl.NumberFormat(i18n.language, { style: "percent", maximumFractionDigits: 0 });
  const words =
    used === 1
      ? t("accounts.used_up")
      : out !== null
        ? t("accounts.out_at", { time: roughTime(out, now, i18n.language) })
        : used === null
          ? left(limit)
          : limit.span === "minute"
            ? t("accounts.of_a_minute", { used: usedCount(limit), limit: limit.limit ?? "?" })
            : percent.format(used);
  return (
    <span className={styles.window} data-tone={tone} data-used={used ?? undefined}>
      {used !== null && (
        <span className={styles.bar} aria-hidden>
          <i className={styles.forecast} style={{ width: `${(forecastPart(limit) ?? 0) * 100}%` }} />
          <i className={styles.used} style={{ width: `${used * 100}%` }} />
        </span>
      )}
      <span className={styles.words}>
        <bdi className="cut">{words}</bdi>
        {reset !== null && reset > now && (
          <span className={styles.reset}>
            <span className="unseen">{t("accounts.filled_in")} </span>
            <bdi>{roughSpan(reset - now, i18n.language)}</bdi>
          </span>
        )}
      </span>
    </span>
  );
}

function usedCount({ limit, remaining }: LimitView): string {
  return limit === null || remaining === null ? "?" : String(Math.max(0, Number(limit) - Number(remaining)));
}
