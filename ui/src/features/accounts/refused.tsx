/** A call that a budget refused: what it was for, why it was not made, and the way to where it was wanted. */
import { Link } from "@tanstack/react-router";
import { Ban } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { RefusedView } from "../../backend/views";
import { Ago } from "../../components/moment";
import { useAmount, useShare } from "./budget-words";
import styles from "./budgets.module.css";

/** Short beside its budget, whose amounts stand there already. */
export function Refused({ call, isShort = false }: { call: RefusedView; isShort?: boolean }) {
  const { t } = useTranslation();
  const amount = useAmount();
  const share = useShare();
  const { cap, unit, spent, wanted } = call;
  const who = isolated(call.account ?? t("budgets.over_gone_account"));
  const purpose = ["planner", "briefing", "check"].includes(call.purpose)
    ? t(`budgets.for_${call.purpose as "planner" | "briefing" | "check"}`)
    : isolated(call.purpose);
  return (
    <div className={styles.refused} data-refused={call.id}>
      <Ban size={14} strokeWidth={1.75} aria-hidden data-tone="bad" />
      <div>
        <p className={isShort ? "small" : undefined}>
          {t("budgets.not_made", { purpose, who })} · <Ago at={call.at} />
        </p>
        <p className="small quiet">
          {call.reason === "price_unknown"
            ? t("budgets.because_price", { model: isolated(call.model ?? "?") })
            : wanted === null
              ? t("budgets.because_spent", { share: share(spent ?? "0", cap, unit) })
              : t("budgets.because_wanted", {
                  wanted: amount(wanted, unit),
                  share: share(spent ?? "0", cap, unit),
                })}
        </p>
        <p className={`small ${styles.links}`}>
          {call.execution_id !== null && (
            <Link to="/executions/$id" params={{ id: call.execution_id }} search={{}} className={styles.link}>
              {t("budgets.to_execution")}
            </Link>
          )}
          {call.project_id !== null && call.project !== null && (
            <Link to="/context/$id" params={{ id: call.project_id }} className={styles.link}>
              <bdi dir="auto">{call.project}</bdi>
            </Link>
          )}
          {call.account !== null && (
            <Link to="/accounts" search={{ selected: call.account_id }} className={styles.link}>
              {t("budgets.to_account")}
            </Link>
          )}
        </p>
      </div>
    </div>
  );
}

/** Words of others inside a sentence, in their own direction. */
function isolated(text: string): string {
  return `\u2068${text}\u2069`;
}
