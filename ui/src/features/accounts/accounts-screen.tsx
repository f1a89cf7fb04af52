/** Accounts: who may be asked, what is left of each, and what may be spent. Reads; table, drawer, budgets and dialogs are drawn by their own files. */
import "../../i18n/late";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Search, Users } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { bind } from "../../actions/action";
import { useHands, useShortcuts } from "../../actions/use-actions";
import { useQueries } from "../../backend/use-backend";
import type { AccountView } from "../../backend/views";
import { ActionButton } from "../../components/button";
import { Choice } from "../../components/choice";
import { ErrorState, LoadingRows, PlaceState } from "../../components/place-state";
import frame from "../../components/screen.module.css";
import { AccountDialog } from "./account-dialog";
import { AccountDrawer } from "./account-drawer";
import styles from "./accounts-screen.module.css";
import { AccountsTable } from "./accounts-table";
import { add, addBudget, rules, testAll } from "./actions";
import { BudgetDialog } from "./budget-dialog";
import { BudgetsPanel } from "./budgets-panel";
import { holds } from "./limits";
import { RulesDialog } from "./rules-dialog";
import { Summary } from "./summary";

const route = getRouteApi("/accounts");

/** Whether a check can tell something of it: the provider answers, or the log of its tool does. */
function canTell(account: AccountView) {
  const hasLog = account.provider === "claude_app" || account.provider === "chatgpt_app";
  return account.status === "active" && (account.is_called || hasLog);
}

export function AccountsScreen() {
  const { t } = useTranslation();
  const { view, selected, text } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(useQueries().accounts());
  const [adding, setAdding] = useState(false);
  const [ruling, setRuling] = useState(false);
  const [budgeting, setBudgeting] = useState(false);
  const hands = useHands();
  const all = query.data?.items;
  const shown = useMemo(() => all?.filter((account) => holds(account, text ?? "")) ?? [], [all, text]);
  const open = shown.find((account) => account.id === selected);
  const select = (id: string | undefined) =>
    void navigate({ search: (search) => ({ ...search, selected: id }), replace: true });
  const place = {
    canTest: all?.some(canTell) ?? false,
    openAdd: () => setAdding(true),
    openRules: () => setRuling(true),
    openBudget: () => setBudgeting(true),
  };
  const actions = {
    add: bind(add, place, hands),
    testAll: bind(testAll, place, hands),
    rules: bind(rules, place, hands),
    addBudget: bind(addBudget, place, hands),
  };
  const ofBudgets = view === "budgets";
  const idle = !adding && !ruling && !budgeting;
  useShortcuts(ofBudgets ? [actions.addBudget] : [actions.add, actions.testAll, actions.rules], idle);
  return (
    <div className={styles.place}>
      <div className={frame.screen}>
        <header className={`${frame.head} ${styles.head}`}>
          <h1>{t("accounts.title")}</h1>
          {all !== undefined && all.length > 0 && <span className="quiet num">{all.length}</span>}
          <Choice
            label={t("accounts.views")}
            value={ofBudgets ? "budgets" : "accounts"}
            options={[
              { value: "accounts", label: t("accounts.title") },
              { value: "budgets", label: t("budgets.title") },
            ]}
            onChange={(next) =>
              void navigate({ search: next === "budgets" ? { view: "budgets" } : {}, replace: true })
            }
          />
          <span className={styles.tools}>
            {!ofBudgets && all !== undefined && all.length > 0 && (
              <>
                <label className={styles.find}>
                  <Search size={16} strokeWidth={1.75} aria-hidden />
                  <span className="unseen">{t("accounts.find")}</span>
                  <input
                    type="search"
                    placeholder={t("accounts.find")}
                    value={text ?? ""}
                    dir="auto"
                    onChange={(event) => {
                      const wanted = event.target.value;
                      void navigate({
                        search: (search) => ({ ...search, text: wanted === "" ? undefined : wanted }),
                        replace: true,
                      });
                    }}
                  />
                </label>
                <ActionButton action={actions.rules} />
                <ActionButton action={actions.testAll} />
              </>
            )}
            <ActionButton action={ofBudgets ? actions.addBudget : actions.add} tone="go" />
          </span>
        </header>
        {ofBudgets ? (
          <BudgetsPanel onAdd={() => setBudgeting(true)} />
        ) : all === undefined && query.isError ? (
          <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        ) : all === undefined ? (
          <LoadingRows height={52} />
        ) : all.length === 0 ? (
          <PlaceState icon={Users} title={t("accounts.empty_title")} text={t("accounts.empty_text")}>
            <ActionButton action={actions.add} tone="go" />
          </PlaceState>
        ) : (
          <>
            <Summary accounts={all} />
            {shown.length === 0 ? (
              <PlaceState icon={Users} title={t("accounts.none_title")} text={t("accounts.none_text")} />
            ) : (
              <AccountsTable items={shown} selected={open?.id} onSelect={select} />
            )}
          </>
        )}
      </div>
      {!ofBudgets && open !== undefined && (
        <AccountDrawer key={open.id} account={open} listening={idle} onClose={() => select(undefined)} />
      )}
      {ruling && all !== undefined && <RulesDialog accounts={all} onClose={() => setRuling(false)} />}
      {budgeting && <BudgetDialog onClose={() => setBudgeting(false)} />}
      <AccountDialog open={adding} onClose={() => setAdding(false)} onKept={select} />
    </div>
  );
}
