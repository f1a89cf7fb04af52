/** Accounts that ran out without a window that says so, and windows of the others, the nearest to its limit first. */
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { NotebookPen, Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useQueries } from "../../backend/use-backend";
import type { AccountId, AccountView, LimitView } from "../../backend/views";
import { Button, ButtonLink } from "../../components/button";
import { Reason } from "../../components/reasons";
import { AccountDialog } from "../accounts/account-dialog";
import { longWindow, shortWindow } from "../accounts/limits";
import { WindowBar } from "../accounts/window-bar";
import { Card, Nothing } from "./card";
import styles from "./overview-screen.module.css";

const MOST = 5;

export function WindowsCard() {
  const { t } = useTranslation();
  const { data } = useQuery(useQueries().accounts());
  const navigate = useNavigate();
  const [adding, setAdding] = useState(false);
  const out = (data?.items ?? []).filter(({ health, ran_out }) => health === "ran_out" && ran_out !== null);
  const seen = (data?.items ?? [])
    .filter(({ health }) => health !== "ran_out")
    .map((account) => ({ account, limit: tightest(account) }))
    .filter((one): one is { account: AccountView; limit: LimitView } => one.limit !== null)
    .sort((one, other) => (other.limit.used ?? 0) - (one.limit.used ?? 0));
  return (
    <Card title={t("overview.windows")} to="/accounts">
      {data !== undefined && seen.length + out.length === 0 && (
        <NoWindows first={data.items[0]?.id} onAdd={() => setAdding(true)} />
      )}
      <ul>
        {out.slice(0, MOST).map((account) => (
          <li key={account.id}>
            <Link to="/accounts" search={{ selected: account.id }} className={styles.row}>
              <span className={styles.what}>
                <bdi className="cut" dir="auto">
                  {account.name}
                </bdi>
                {account.ran_out !== null && (
                  <span className="small" data-tone="bad">
                    <Reason reason={{ kind: "ran_out", out: account.ran_out }} />
                  </span>
                )}
              </span>
            </Link>
          </li>
        ))}
        {seen.slice(0, Math.max(0, MOST - out.length)).map(({ account, limit }) => (
          <li key={account.id}>
            <Link to="/accounts" search={{ selected: account.id }} className={styles.row}>
              <span className={styles.what}>
                <bdi className="cut" dir="auto">
                  {account.name}
                </bdi>
                <span className="small quiet">{t(`accounts.span_${limit.span}`)}</span>
              </span>
              <span className={styles.window}>
                <WindowBar limit={limit} />
              </span>
            </Link>
          </li>
        ))}
      </ul>
      <AccountDialog
        open={adding}
        onClose={() => setAdding(false)}
        onKept={(id) => void navigate({ to: "/accounts", search: { selected: id } })}
      />
    </Card>
  );
}

/** Without an account one is added; of one whose limits nobody has seen they are written down. */
function NoWindows({ first, onAdd }: { first: AccountId | undefined; onAdd(): void }) {
  const { t } = useTranslation();
  return first === undefined ? (
    <Nothing text={t("overview.no_accounts")}>
      <Button small icon={Plus} data-action="account.add" onClick={onAdd}>
        {t("accounts.add")}
      </Button>
    </Nothing>
  ) : (
    <Nothing text={t("overview.no_windows")}>
      <ButtonLink to="/accounts" search={{ selected: first }} icon={NotebookPen} small>
        {t("accounts.note_limit")}
      </ButtonLink>
    </Nothing>
  );
}

function tightest(account: AccountView): LimitView | null {
  const [short, long] = [shortWindow(account), longWindow(account)];
  if (short === null || long === null) return short ?? long;
  return (short.used ?? 0) >= (long.used ?? 0) ? short : long;
}
