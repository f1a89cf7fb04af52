/** Writes down what a person read about a limit, where nothing else tells it. */
import { NotebookPen } from "lucide-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem, type Problem } from "../../backend/problem";
import { useBackend } from "../../backend/use-backend";
import type { AccountView, LimitView } from "../../backend/views";
import { Button } from "../../components/button";
import { Dialog, DialogButtons } from "../../components/dialog";
import look from "../../components/form.module.css";
import { ProblemLine } from "../../components/problem-line";
import { typedAmount } from "../../lib/money";
import styles from "./account-dialog.module.css";
import { AccountField as Field } from "./account-field";

const SPANS = ["five_hours", "day", "week", "month", "balance", "minute"] as const;

export function NoteLimit({ account, onClose }: { account: AccountView; onClose(): void }) {
  const { t } = useTranslation();
  const { transport } = useBackend();
  const [span, setSpan] = useState<LimitView["span"]>("five_hours");
  const [unit, setUnit] = useState("percent");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const choose = (next: LimitView["span"]) => {
    setSpan(next);
    setUnit(next === "balance" ? "USD" : "percent");
  };
  const send = async () => {
    if (form.current === null || busy) return;
    const fields = new FormData(form.current);
    const text = (name: string) => String(fields.get(name) ?? "").trim();
    const amount = (name: string) => {
      const typed = typedAmount(text(name));
      if (typed === null) throw new Error(`field \`${name}\`: ${t("accounts.an_amount")}`);
      return typed;
    };
    setBusy(true);
    setProblem(null);
    try {
      const resets = text("resets_at");
      await transport.call("accounts.note_limit", {
        id: account.id,
        span,
        unit,
        remaining: amount("remaining"),
        limit: unit === "percent" ? "100" : text("limit") === "" ? null : amount("limit"),
        resets_at: resets === "" ? null : new Date(resets).toISOString(),
      });
      onClose();
    } catch (thrown) {
      setProblem(asProblem(thrown));
      setBusy(false);
    }
  };
  const atField = form.current?.elements.namedItem(problem?.field ?? "") instanceof HTMLElement;
  return (
    <Dialog title={t("accounts.note_limit")} onClose={onClose}>
      <form
        ref={form}
        className={look.form}
        autoComplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <p className="small quiet">{t("accounts.note_text", { name: account.name })}</p>
        <div className={styles.pair}>
          <Field name="span" label={t("accounts.limit_span")} problem={problem}>
            {(props) => (
              <select
                {...props}
                data-autofocus
                value={span}
                onChange={(event) => choose(event.target.value as LimitView["span"])}
              >
                {SPANS.map((each) => (
                  <option key={each} value={each}>
                    {t(`accounts.span_${each}`)}
                  </option>
                ))}
              </select>
            )}
          </Field>
          <Field name="unit" label={t("accounts.limit_unit")} problem={problem}>
            {(props) => (
              <input
                {...props}
                required
                dir="auto"
                list="units-of-limits"
                value={unit}
                onChange={(event) => setUnit(event.target.value)}
              />
            )}
          </Field>
          <datalist id="units-of-limits">
            {["percent", "messages", "tokens", "credits", "USD", "EUR"].map((each) => (
              <option key={each} value={each} />
            ))}
          </datalist>
        </div>
        <div className={styles.pair}>
          <Field name="remaining" label={t("accounts.limit_left")} problem={problem}>
            {(props) => <input {...props} required inputMode="decimal" dir="ltr" />}
          </Field>
          {unit !== "percent" && (
            <Field name="limit" label={t("accounts.limit_all")} problem={problem}>
              {(props) => <input {...props} inputMode="decimal" dir="ltr" />}
            </Field>
          )}
        </div>
        {span !== "balance" && (
          <Field
            name="resets_at"
            label={t("accounts.limit_resets")}
            hint={t("accounts.limit_resets_hint")}
            problem={problem}
          >
            {(props) => <input {...props} type="datetime-local" dir="ltr" />}
          </Field>
        )}
        {!atField && <ProblemLine problem={problem} />}
        <DialogButtons>
          <Button onClick={onClose}>{t("accounts.cancel")}</Button>
          <Button type="submit" tone="go" icon={NotebookPen} disabled={busy} data-action="account.note_now">
            {t("accounts.note_now")}
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}
