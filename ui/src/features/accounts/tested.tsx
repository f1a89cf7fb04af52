/** What came of the try to reach an account that was just added or changed. */
import { CircleCheck, LoaderCircle, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Problem } from "../../backend/problem";
import type { AccountView } from "../../backend/views";
import { Exact } from "../../components/exact";
import { ProblemLine } from "../../components/problem-line";
import styles from "./account-dialog.module.css";

interface TestedProps {
  account: AccountView;
  problem: Problem | null;
  isNew: boolean;
}

export function Tested({ account, problem, isNew }: TestedProps) {
  const { t } = useTranslation();
  const { check } = account;
  if (problem !== null) return <ProblemLine problem={problem} />;
  if (check === null) {
    return (
      <p className={styles.outcome} role="status" data-tone="run">
        <LoaderCircle size={16} strokeWidth={1.75} className="pulse" aria-hidden />
        <span>{t("accounts.testing", { name: account.name })}</span>
      </p>
    );
  }
  const well = check.outcome === "reached";
  return (
    <div role="status" data-outcome={check.outcome}>
      <p className={styles.outcome} data-tone={well ? "well" : "bad"}>
        {well ? (
          <CircleCheck size={16} strokeWidth={1.75} aria-hidden />
        ) : (
          <TriangleAlert size={16} strokeWidth={1.75} aria-hidden />
        )}
        <span>{t(`accounts.outcome_${check.outcome}`)}</span>
      </p>
      <p className="small quiet">
        <bdi dir="auto">
          <Exact text={check.said} />
        </bdi>
      </p>
      {!well && <p className="small quiet">{t(isNew ? "accounts.added_anyway" : "accounts.saved_anyway")}</p>}
    </div>
  );
}
