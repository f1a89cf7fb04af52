/** Budgets: what Krake may spend, how far that is spent, and which calls were refused for it. */
import { useQuery } from "@tanstack/react-query";
import { Wallet } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem, type Problem } from "../../backend/problem";
import { useBackend, useQueries } from "../../backend/use-backend";
import type { BudgetView, RefusedView } from "../../backend/views";
import { Button } from "../../components/button";
import { Dialog, DialogButtons } from "../../components/dialog";
import { ErrorState, LoadingRows, PlaceState } from "../../components/place-state";
import { ProblemLine } from "../../components/problem-line";
import { BudgetDialog } from "./budget-dialog";
import { BudgetRow } from "./budget-row";
import { useCounts } from "./budget-words";
import styles from "./budgets.module.css";
import { Refused } from "./refused";

export function BudgetsPanel({ onAdd }: { onAdd(): void }) {
  const { t } = useTranslation();
  const query = useQuery(useQueries().budgets());
  const [changing, setChanging] = useState<BudgetView | null>(null);
  const [removing, setRemoving] = useState<BudgetView | null>(null);
  const all = query.data?.items;
  if (all === undefined) {
    return query.isError ? (
      <ErrorState error={query.error} onRetry={() => void query.refetch()} />
    ) : (
      <LoadingRows height={88} />
    );
  }
  return (
    <div className={styles.body}>
      {all.length === 0 ? (
        <PlaceState icon={Wallet} title={t("budgets.empty_title")} text={t("budgets.empty_text")}>
          <Button icon={Wallet} tone="go" onClick={onAdd}>
            {t("budgets.add")}
          </Button>
        </PlaceState>
      ) : (
        <>
          <p className="small quiet">{t("budgets.how")}</p>
          <ul className={styles.list}>
            {all.map((budget) => (
              <BudgetRow
                key={budget.id}
                budget={budget}
                onChange={() => setChanging(budget)}
                onRemove={() => setRemoving(budget)}
              />
            ))}
          </ul>
        </>
      )}
      <RefusedCalls but={all.flatMap(({ refused }) => (refused === null ? [] : [refused.id]))} />
      {changing !== null && <BudgetDialog budget={changing} onClose={() => setChanging(null)} />}
      {removing !== null && <RemoveBudget budget={removing} onClose={() => setRemoving(null)} />}
    </div>
  );
}

/** Other calls that were not made, newest first; what refused them may be gone by now. */
function RefusedCalls({ but }: { but: readonly RefusedView["id"][] }) {
  const { t } = useTranslation();
  const all = useQuery(useQueries().refusedCalls()).data?.items ?? [];
  const calls = all.filter(({ id }) => !but.includes(id));
  if (calls.length === 0) return null;
  return (
    <section aria-labelledby="refused-calls" className={styles.calls}>
      <h2 id="refused-calls">{t("budgets.refused_title")}</h2>
      {calls.map((call) => (
        <Refused key={call.id} call={call} />
      ))}
    </section>
  );
}

function RemoveBudget({ budget, onClose }: { budget: BudgetView; onClose(): void }) {
  const { t } = useTranslation();
  const { transport } = useBackend();
  const counts = useCounts()(budget);
  const [problem, setProblem] = useState<Problem | null>(null);
  const remove = async () => {
    try {
      await transport.call("budgets.remove", { id: budget.id });
      onClose();
    } catch (thrown) {
      setProblem(asProblem(thrown));
    }
  };
  return (
    <Dialog title={t("budgets.remove_question")} size={460} onClose={onClose}>
      <p className="quiet">{t("budgets.remove_text", { what: counts })}</p>
      <ProblemLine problem={problem} />
      <DialogButtons>
        <Button onClick={onClose}>{t("accounts.keep")}</Button>
        <Button data-action="budget.remove_now" onClick={() => void remove()}>
          {t("accounts.remove")}
        </Button>
      </DialogButtons>
    </Dialog>
  );
}
