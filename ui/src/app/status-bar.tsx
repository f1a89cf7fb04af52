/** One line about this Krake: what runs, what waits, where it answers, which version it is. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CirclePlay, Coins, Hand } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useBackend, useQueries } from "../backend/use-backend";
import type { StatsView } from "../backend/views";
import { usd } from "../lib/amounts";
import styles from "./status-bar.module.css";

export function StatusBar() {
  const { t } = useTranslation();
  const queries = useQueries();
  const { transport } = useBackend();
  const { data: stats } = useQuery(queries.stats());
  const { data: health } = useQuery(queries.health());
  const address = transport.kind === "browser" ? window.location.host : t("bar.in_this_window");
  return (
    <footer className={styles.status}>
      {stats !== undefined && (
        <>
          <span data-tone={stats.running > 0 ? "run" : "idle"} data-stat="running">
            <CirclePlay size={12} aria-hidden />
            {t("bar.running", { count: stats.running })}
          </span>
          <span data-tone={stats.waiting > 0 ? "wait" : "idle"} data-stat="waiting">
            <Hand size={12} aria-hidden />
            {t("bar.waiting", { count: stats.waiting })}
          </span>
          {(stats.today.calls > 0 || stats.today.cap !== null) && <Today today={stats.today} />}
        </>
      )}
      <span className={styles.end}>
        <bdi className={transport.kind === "browser" ? "mono" : ""}>{address}</bdi>
        {health !== undefined && <bdi data-stat="version">Krake {health.version}</bdi>}
      </span>
    </footer>
  );
}

/** What Krake's own calls cost today, and of how much; a cost that is only known in part says so. */
function Today({ today: { usd: spent, cap, at_least } }: { today: StatsView["today"] }) {
  const { t, i18n } = useTranslation();
  const money = (amount: string) => usd(Number(amount), i18n.language);
  const amount = at_least ? t("bar.at_least", { amount: money(spent) }) : money(spent);
  const over = cap !== null && Number(spent) >= Number(cap);
  return (
    <Link
      to="/accounts"
      search={{ view: "budgets" }}
      data-tone={over ? "bad" : "idle"}
      data-stat="today"
      className={styles.way}
    >
      <Coins size={12} aria-hidden />
      {cap === null ? t("bar.today", { amount }) : t("bar.today_of", { amount, cap: money(cap) })}
    </Link>
  );
}
