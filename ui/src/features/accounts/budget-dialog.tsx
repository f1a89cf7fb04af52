/** Sets a budget, or changes one: what it counts, for how long, and how much. */
import { useQuery } from "@tanstack/react-query";
import { Save, Wallet } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem, type Problem } from "../../backend/problem";
import { useBackend, useQueries } from "../../backend/use-backend";
import type { BudgetView } from "../../backend/views";
import { Button } from "../../components/button";
import { Dialog, DialogButtons } from "../../components/dialog";
import look from "../../components/form.module.css";
import { ProblemLine } from "../../components/problem-line";
import { typedAmount } from "../../lib/money";
import styles from "./account-dialog.module.css";
import { AccountField as Field } from "./account-field";

type Over = BudgetView["over"];

const KINDS = ["everything", "account", "project", "run"] as const;
const PERIODS = ["day", "month", "always"] as const;
const UNITS = ["usd", "tokens"] as const;

interface BudgetDialogProps {
  /** The budget that is changed; none: a new one. */
  budget?: BudgetView | undefined;
  onClose(): void;
}

export function BudgetDialog({ budget, onClose }: BudgetDialogProps) {
  const { t } = useTranslation();
  const { transport } = useBackend();
  const queries = useQueries();
  const accounts = useQuery(queries.accounts()).data?.items ?? [];
  const projects = useQuery(queries.projects()).data?.items ?? [];
  const [kind, setKind] = useState<Over["kind"]>(budget?.over.kind ?? "everything");
  const [about, setAbout] = useState(budget === undefined ? "" : aboutOf(budget.over));
  const [period, setPeriod] = useState<BudgetView["period"]>(budget?.period ?? "day");
  const [unit, setUnit] = useState<BudgetView["unit"]>(budget?.unit ?? "usd");
  const [cap, setCap] = useState(budget?.cap ?? "");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const nouns: readonly { id: string; name: string }[] =
    kind === "account" ? accounts : kind === "project" ? projects : [];
  const send = async () => {
    if (busy) return;
    setBusy(true);
    setProblem(null);
    try {
      const amount = typedAmount(cap);
      if (amount === null) throw new Error(`field \`cap\`: ${t("accounts.an_amount")}`);
      const said = { over: overOf(kind, about), period, unit, cap: amount };
      if (budget === undefined) await transport.call("budgets.add", said);
      else await transport.call("budgets.change", { id: budget.id, ...said });
      onClose();
    } catch (thrown) {
      setProblem(asProblem(thrown));
      setBusy(false);
    }
  };
  return (
    <Dialog title={t(budget === undefined ? "budgets.add_title" : "budgets.change_title")} onClose={onClose}>
      <form
        className={look.form}
        autoComplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <div className={styles.pair}>
          <Field name="over" label={t("budgets.field_over")} problem={problem}>
            {(props) => (
              <select
                {...props}
                value={kind}
                onChange={(event) => {
                  setKind(event.target.value as Over["kind"]);
                  setAbout("");
                }}
              >
                {KINDS.map((each) => (
                  <option key={each} value={each}>
                    {t(`budgets.kind_${each}`)}
                  </option>
                ))}
              </select>
            )}
          </Field>
          {(kind === "account" || kind === "project") && (
            <Field name="about" label={t(`budgets.which_${kind}`)} problem={problem}>
              {(props) => (
                <select
                  {...props}
                  required
                  dir="auto"
                  value={about}
                  onChange={(event) => setAbout(event.target.value)}
                >
                  <option value="">–</option>
                  {nouns.map(({ id, name }) => (
                    <option key={id} value={id}>
                      {name}
                    </option>
                  ))}
                </select>
              )}
            </Field>
          )}
        </div>
        <div className={styles.pair}>
          <Field
            name="cap"
            label={t("budgets.field_cap")}
            hint={unit === "usd" ? t("budgets.usd_hint") : undefined}
            problem={problem}
          >
            {(props) => (
              <input
                {...props}
                required
                data-autofocus
                inputMode="decimal"
                dir="ltr"
                value={cap}
                onChange={(event) => setCap(event.target.value)}
              />
            )}
          </Field>
          <Field name="unit" label={t("budgets.field_unit")} problem={problem}>
            {(props) => (
              <select
                {...props}
                value={unit}
                onChange={(event) => setUnit(event.target.value as BudgetView["unit"])}
              >
                {UNITS.map((each) => (
                  <option key={each} value={each}>
                    {t(`budgets.unit_${each}`)}
                  </option>
                ))}
              </select>
            )}
          </Field>
        </div>
        <Field name="period" label={t("budgets.field_period")} problem={problem}>
          {(props) => (
            <select
              {...props}
              value={period}
              onChange={(event) => setPeriod(event.target.value as BudgetView["period"])}
            >
              {PERIODS.map((each) => (
                <option key={each} value={each}>
                  {t(`budgets.period_${each}`)}
                </option>
              ))}
            </select>
          )}
        </Field>
        {problem?.field !== "cap" && <ProblemLine problem={problem} />}
        <DialogButtons>
          <Button onClick={onClose}>{t("accounts.cancel")}</Button>
          <Button
            type="submit"
            tone="go"
            icon={budget === undefined ? Wallet : Save}
            disabled={busy}
            data-action="budget.keep"
          >
            {t(budget === undefined ? "budgets.add" : "accounts.save")}
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}

function aboutOf(over: Over): string {
  if (over.kind === "account") return over.account_id;
  return over.kind === "project" ? over.project_id : "";
}

function overOf(kind: Over["kind"], about: string): Over {
  if (kind === "account")
    return { kind, account_id: about as Extract<Over, { kind: "account" }>["account_id"] };
  return kind === "project" ? { kind, project_id: about } : { kind };
}
