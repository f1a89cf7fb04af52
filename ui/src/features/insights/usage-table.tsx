/** Sums as a table: every number exact, what is only known in part with its word. */
import { useTranslation } from "react-i18next";
import type { PartView, SumView } from "../../backend/views";
import { exactCount, usd } from "../../lib/amounts";
import styles from "./usage-table.module.css";

export interface NamedSum extends SumView {
  name: string;
}

interface UsageTableProps {
  caption: string;
  /** The heading of the first column. */
  first: string;
  rows: readonly NamedSum[];
}

export function UsageTable({ caption, first, rows }: UsageTableProps) {
  const { t, i18n } = useTranslation();
  const count = (value: number, isLeast: boolean) => {
    const amount = exactCount(value, i18n.language);
    return isLeast ? t("bar.at_least", { amount }) : amount;
  };
  const money = (part: PartView) => {
    if (part.answers === 0 && part.untold === 0) return "–";
    if (part.usd === null) return t("insights.unknown");
    const amount = usd(Number(part.usd), i18n.language);
    return part.usd_at_least ? t("bar.at_least", { amount }) : amount;
  };
  const most = Math.max(1, ...rows.map((row) => row.both.tokens));
  return (
    <section className={styles.scroller} tabIndex={0} aria-label={caption}>
      <table className={styles.table}>
        <caption className="unseen">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{first}</th>
            <th scope="col">{t("insights.tokens")}</th>
            <th scope="col">{t("insights.input")}</th>
            <th scope="col">{t("insights.cache_write")}</th>
            <th scope="col">{t("insights.cache_read")}</th>
            <th scope="col">{t("insights.output")}</th>
            <th scope="col">{t("insights.paid_usd")}</th>
            <th scope="col">{t("insights.listed_usd")}</th>
            <th scope="col">{t("insights.credits_short")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const { both } = row;
            return (
              <tr key={row.key ?? ""} data-key={row.key ?? ""}>
                <th scope="row">
                  <bdi dir="auto">{row.name}</bdi>
                  <span className={styles.bar} aria-hidden>
                    <i style={{ width: `${(both.tokens / most) * 100}%` }} />
                  </span>
                </th>
                <td>{count(both.tokens, both.tokens_at_least)}</td>
                <td>{count(both.input, both.tokens_at_least)}</td>
                <td>{count(both.cache_write, both.tokens_at_least)}</td>
                <td>{count(both.cache_read, both.tokens_at_least)}</td>
                <td>{count(both.output, both.tokens_at_least)}</td>
                <td>{money(row.calls)}</td>
                <td>{money(row.sessions)}</td>
                <td>
                  {row.credits === null ? "–" : new Intl.NumberFormat(i18n.language).format(row.credits)}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
