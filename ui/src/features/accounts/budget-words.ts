/** What a budget counts and for how long, in words. */
import { useTranslation } from "react-i18next";
import type { BudgetView } from "../../backend/views";
import { amountText } from "../../lib/money";

/** "All accounts", "Claude API", "Each run by itself". */
export function useCounts(): (budget: Pick<BudgetView, "over" | "name">) => string {
  const { t } = useTranslation();
  return ({ over, name }) => {
    switch (over.kind) {
      case "everything":
        return t("budgets.over_everything");
      case "run":
        return t("budgets.over_run");
      case "account":
        return name ?? t("budgets.gone_account");
      case "project":
        return name ?? t("budgets.gone_project");
    }
  };
}

/** What of it: "1.12 of 5.00 USD". */
export function useShare(): (spent: string, cap: string, unit: BudgetView["unit"]) => string {
  const { t, i18n } = useTranslation();
  const amount = useAmount();
  return (spent, cap, unit) =>
    t("budgets.share", { spent: amountText(spent, unit, i18n.language), cap: amount(cap, unit) });
}

/** An amount with its unit: "5.00 USD", "200,000 tokens". */
export function useAmount(): (amount: string, unit: BudgetView["unit"]) => string {
  const { t, i18n } = useTranslation();
  return (amount, unit) => t(`budgets.amount_${unit}`, { amount: amountText(amount, unit, i18n.language) });
}
