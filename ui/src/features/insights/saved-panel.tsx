/** What briefings saved, with the way each number is counted beside it. */
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { SavedView } from "../../backend/views";
import { exactCount, usd } from "../../lib/amounts";
import styles from "./insights-screen.module.css";

export function SavedPanel({ saved }: { saved: SavedView }) {
  const { t, i18n } = useTranslation();
  const count = (value: number) => exactCount(value, i18n.language);
  const least = (isLeast: boolean, amount: string) => (isLeast ? t("bar.at_least", { amount }) : amount);
  const decimal = new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 2 });
  return (
    <section className={styles.panel} aria-labelledby="insights-saved">
      <header className={styles.panelHead}>
        <h2 id="insights-saved">{t("insights.saved_title")}</h2>
        <Link to="/context/handoffs" className={styles.more}>
          {t("insights.to_handoffs")}
        </Link>
      </header>
      {saved.handoffs === 0 ? (
        <p className="quiet">{t("insights.saved_none")}</p>
      ) : (
        <dl className={styles.ways}>
          <div>
            <dt>{t("insights.saved_tokens")}</dt>
            <dd>
              <bdi className="num">{count(saved.tokens)}</bdi>
              <span className="small quiet">
                {t("insights.saved_tokens_way", {
                  history: count(saved.history_tokens),
                  briefings: count(saved.briefing_tokens),
                })}
              </span>
            </dd>
          </div>
          <div>
            <dt>{t("insights.saved_usd")}</dt>
            <dd>
              <bdi className="num">
                {saved.usd === null
                  ? "–"
                  : least(saved.unpriced > 0, `${usd(Number(saved.usd), i18n.language)} USD`)}
              </bdi>
              <span className="small quiet">{t("insights.saved_usd_way")}</span>
            </dd>
          </div>
          <div>
            <dt>{t("insights.saved_credits")}</dt>
            <dd>
              <bdi className="num">
                {saved.credits === null ? "–" : least(saved.uncredited > 0, decimal.format(saved.credits))}
              </bdi>
              <span className="small quiet">{t("insights.saved_credits_way")}</span>
            </dd>
          </div>
          <div>
            <dt>{t("insights.saved_minutes")}</dt>
            <dd>
              <bdi className="num">{decimal.format(saved.minutes)}</bdi>
              <span className="small quiet">
                {t("insights.saved_minutes_way", { rate: saved.typed_tokens_per_minute })}
              </span>
            </dd>
          </div>
        </dl>
      )}
      {saved.longer > 0 && <p className="small quiet">{t("insights.longer", { count: saved.longer })}</p>}
      {saved.unmeasured > 0 && (
        <p className="small quiet">{t("insights.unmeasured", { count: saved.unmeasured })}</p>
      )}
    </section>
  );
}
