/** Tokens and cost of each day, as two charts or as one table that says the same. */
import { Suspense } from "react";
import { useTranslation } from "react-i18next";
import type { UsageView } from "../../backend/views";
import { Choice } from "../../components/choice";
import { part } from "../../components/part";
import { exactCount, usd } from "../../lib/amounts";
import { dayName } from "../../lib/days";
import styles from "./insights-screen.module.css";
import { UsageTable } from "./usage-table";

const DayChart = part(() => import("./day-chart").then((file) => file.DayChart));

interface DaysPanelProps {
  usage: UsageView;
  asTable: boolean;
  onLook(look: "chart" | "table"): void;
}

export function DaysPanel({ usage, asTable, onLook }: DaysPanelProps) {
  const { t, i18n } = useTranslation();
  const day = (key: string) => dayName(key, i18n.language, { day: "numeric", month: "short" });
  const rows = usage.rows.map((row) => ({ ...row, name: row.key === null ? "" : day(row.key) }));
  const most = [...rows].sort((one, other) => other.both.tokens - one.both.tokens)[0];
  return (
    <section className={styles.panel} aria-labelledby="insights-days">
      <header className={styles.panelHead}>
        <h2 id="insights-days">{t("insights.by_day")}</h2>
        <Choice
          label={t("insights.look")}
          value={asTable ? "table" : "chart"}
          options={[
            { value: "chart", label: t("insights.chart") },
            { value: "table", label: t("insights.table") },
          ]}
          onChange={onLook}
        />
      </header>
      {asTable ? (
        <UsageTable
          caption={t("insights.by_day")}
          first={t("insights.day")}
          rows={rows
            .filter((row) => row.both.answers + row.both.untold > 0 || row.credits !== null)
            .reverse()}
        />
      ) : (
        <>
          {most !== undefined && (
            <p className="small quiet">
              {t("insights.most_day", {
                day: most.name,
                tokens: exactCount(most.both.tokens, i18n.language),
                usd: most.both.usd === null ? "?" : usd(Number(most.both.usd), i18n.language),
              })}
            </p>
          )}
          <Suspense fallback={<div className={styles.chartBone} />}>
            <div className={styles.charts}>
              <figure className={styles.figureBox}>
                <figcaption>{t("insights.tokens")}</figcaption>
                <DayChart
                  data={rows.map(({ name, both }) => ({
                    day: name,
                    output: both.output,
                    input: both.input,
                    cache_write: both.cache_write,
                    cache_read: both.cache_read,
                  }))}
                  series={[
                    { name: "output", label: t("insights.output"), color: "var(--series-1)" },
                    { name: "input", label: t("insights.input"), color: "var(--series-2)" },
                    { name: "cache_write", label: t("insights.cache_write"), color: "var(--series-3)" },
                    { name: "cache_read", label: t("insights.cache_read"), color: "var(--series-4)" },
                  ]}
                  unit="tokens"
                />
              </figure>
              <figure className={styles.figureBox}>
                <figcaption>{t("insights.cost")}</figcaption>
                <DayChart
                  data={rows.map(({ name, calls, sessions }) => ({
                    day: name,
                    calls: Number(calls.usd),
                    sessions: Number(sessions.usd),
                  }))}
                  series={[
                    { name: "calls", label: t("insights.paid"), color: "var(--series-1)" },
                    { name: "sessions", label: t("insights.listed"), color: "var(--series-4)" },
                  ]}
                  unit="usd"
                />
              </figure>
            </div>
          </Suspense>
        </>
      )}
    </section>
  );
}
