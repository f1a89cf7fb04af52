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
        return name ?? t("budgets.over_gone_account");
      case "project":
        return name ?? t("budgets.over_gone_project");
    }
  };
}

/** An amount with its unit: "5.00 USD", "200,000 tokens". */
export function useAmount(): (amount: string, unit: BudgetView["unit"]) => string {
  const { t, i18n } = useTranslation();
  return (amount, unit) => t(`budgets.amount_${unit}`, { amount: amountText(amount, unit, i18n.language) });
}
