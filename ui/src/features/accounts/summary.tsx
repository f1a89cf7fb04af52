/** All accounts in five numbers. */
import { useQuery } from "@tanstack/react-query";
import { Hourglass, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useQueries } from "../../backend/use-backend";
import type { AccountView } from "../../backend/views";
import { ClockTime } from "../../components/moment";
import { useNow } from "../../lib/use-now";
import styles from "./accounts-screen.module.css";
import { totals } from "./limits";

export function Summary({ accounts }: { accounts: readonly AccountView[] }) {
  const { t, i18n } = useTranslation();
  const sum = totals(accounts, useNow(60_000));
  const { data: budgets } = useQuery(useQueries().budgets());
  const cap = budgets?.items.find(
    ({ over, period, unit }) => over.kind === "everything" && period === "day" && unit === "usd",
  )?.cap;
  const usd = new Intl.NumberFormat(i18n.language, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  return (
    <dl className={styles.summary}>
      <Figure name={t("accounts.can_work")}>
        <bdi className="num">{t("accounts.of_all", { count: sum.canWork, all: sum.all })}</bdi>
      </Figure>
      <Figure name={t("accounts.early")} tone={sum.early > 0 ? "warn" : undefined}>
        {sum.early > 0 && <TriangleAlert size={16} strokeWidth={1.75} aria-hidden />}
        <bdi className="num">{sum.early}</bdi>
      </Figure>
      <Figure name={t("accounts.used_up_count")} tone={sum.usedUp > 0 ? "bad" : undefined}>
        {sum.usedUp > 0 && <Hourglass size={16} strokeWidth={1.75} aria-hidden />}
        <bdi className="num">{sum.usedUp}</bdi>
      </Figure>
      <Figure name={t("accounts.today")}>
        <bdi className="num">
          {cap === undefined
            ? `${usd.format(sum.usd)} USD`
            : t("accounts.today_of", { spent: usd.format(sum.usd), cap: usd.format(Number(cap)) })}
        </bdi>
        {sum.unpriced > 0 && (
          <span className="small quiet">{t("accounts.unpriced", { count: sum.unpriced })}</span>
        )}
      </Figure>
      <Figure name={t("accounts.next_reset")}>
        {sum.nextReset === null ? <span className="faint">–</span> : <ClockTime at={sum.nextReset} />}
      </Figure>
    </dl>
  );
}

function Figure({
  name,
  tone,
  children,
}: {
  name: string;
  tone?: "warn" | "bad" | undefined;
  children: ReactNode;
}) {
  return (
    <div className={styles.figure}>
      <dt>{name}</dt>
      <dd {...(tone === undefined ? {} : { "data-tone": tone })}>{children}</dd>
    </div>
  );
}
