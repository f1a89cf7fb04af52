/** Amounts of limits in the language of the page: a unit that is known by name is translated, any other stands as it came. */
import { useTranslation } from "react-i18next";
import type { LimitView } from "../../backend/views";

type Amount = (amount: number, unit: string) => string;

/** "54%", "12 messages", "7.5 USD". */
export function useAmountOf(): Amount {
  const { t, i18n } = useTranslation();
  const number = new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 2 });
  const percent = new Intl.NumberFormat(i18n.language, { style: "percent", maximumFractionDigits: 1 });
  return (amount, unit) => {
    switch (unit) {
      case "percent":
        return percent.format(amount / 100);
      case "messages":
        return t("context.messages_count", { count: Math.round(amount * 10) / 10 });
      case "tokens":
        return t("budgets.amount_tokens", { amount: number.format(amount) });
      case "credits":
        return t("accounts.amount_credits", { amount: number.format(amount) });
      case "requests":
        return t("accounts.amount_requests", { amount: number.format(amount) });
      default:
        return `${number.format(amount)} ${unit}`;
    }
  };
}

/** What is left: "54% left", "12 of 45 messages left". Of percent the whole is known. */
export function useLeft(): (limit: Pick<LimitView, "remaining" | "limit" | "unit">) => string {
  const { t, i18n } = useTranslation();
  const amountOf = useAmountOf();
  return ({ remaining, limit, unit }) => {
    if (remaining === null) {
      return limit === null
        ? t("accounts.left_unknown")
        : t("accounts.left_of", { left: "?", all: amountOf(Number(limit), unit) });
    }
    if (limit === null || unit === "percent") {
      return t("accounts.left", { amount: amountOf(Number(remaining), unit) });
    }
    const left = new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 2 }).format(Number(remaining));
    return t("accounts.left_of", { left, all: amountOf(Number(limit), unit) });
  };
}
