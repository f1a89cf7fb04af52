/** One account in the list. */
import { useTranslation } from "react-i18next";
import type { AccountView } from "../../backend/views";
import styles from "./accounts-table.module.css";
import { Health } from "./health";
import { useAmountOf } from "./limit-words";
import { credits, longWindow, shortWindow } from "./limits";
import { WindowBar } from "./window-bar";

export function AccountRow({ account, onOpen }: { account: AccountView; onOpen(): void }) {
  const { t, i18n } = useTranslation();
  const amountOf = useAmountOf();
  const balance = credits(account);
  const usd = new Intl.NumberFormat(i18n.language, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const { today } = account;
  return (
    <>
      <span role="cell" className={styles.who}>
        <span className={styles.mark} aria-hidden>
          {account.name.slice(0, 1).toLocaleUpperCase(i18n.language)}
        </span>
        <span className={styles.names}>
          <button type="button" className={`${styles.name} cut`} dir="auto" onClick={onOpen}>
            {account.name}
          </button>
          <span className="small quiet cut">
            {account.email === null ? (
              t(`accounts.provider_${account.provider}_name`)
            ) : (
              <bdi dir="auto">{account.email}</bdi>
            )}
          </span>
        </span>
      </span>
      <span role="cell" className={`${styles.best} cut`} dir="auto">
        {account.specialization ?? "–"}
      </span>
      <span role="cell" className={styles.short}>
        <WindowBar limit={shortWindow(account)} />
      </span>
      <span role="cell" className={styles.long}>
        <WindowBar limit={longWindow(account)} />
      </span>
      <span role="cell" className={`${styles.credits} ${styles.end}`}>
        {balance === null ? (
          <span className="quiet small cut">
            {account.provider === "ollama" ? t("accounts.own_machine") : (account.plan ?? "–")}
          </span>
        ) : (
          <bdi className="mono">
            {balance.remaining === null ? "?" : amountOf(Number(balance.remaining), balance.unit)}
          </bdi>
        )}
      </span>
      <span role="cell" className={styles.state}>
        <Health state={account.health} />
      </span>
      <span role="cell" className={`${styles.today} ${styles.end} mono`}>
        <bdi className={today.calls === 0 ? "faint" : ""}>
          {today.unpriced > 0 ? `${usd.format(Number(today.usd))} + ?` : usd.format(Number(today.usd))}
        </bdi>
      </span>
    </>
  );
}
