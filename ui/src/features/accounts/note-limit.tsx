/** Writes down what a person read about a limit, where nothing else tells it. */
import { NotebookPen } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useBackend } from "../../backend/use-backend";
import type { AccountView, LimitView } from "../../backend/views";
import styles from "./account-dialog.module.css";
import { AccountField as Field } from "./account-field";
import { SayDialog, type Typed } from "./say-dialog";

const SPANS = ["five_hours", "day", "week", "month", "balance", "minute"] as const;

export function NoteLimit({ account, onClose }: { account: AccountView; onClose(): void }) {
  const { t } = useTranslation();
  const { transport } = useBackend();
  const [span, setSpan] = useState<LimitView["span"]>("five_hours");
  const [unit, setUnit] = useState("percent");
  const choose = (next: LimitView["span"]) => {
    setSpan(next);
    setUnit(next === "balance" ? "USD" : "percent");
  };
  const send = ({ text, amount }: Typed) => {
    const resets = text("resets_at");
    return transport.call("accounts.note_limit", {
      id: account.id,
      span,
      unit,
      remaining: amount("remaining"),
      limit: unit === "percent" ? "100" : text("limit") === "" ? null : amount("limit"),
      resets_at: resets === "" ? null : new Date(resets).toISOString(),
    });
  };
  return (
    <SayDialog
      title={t("accounts.note_limit")}
      text={t("accounts.note_text", { name: account.name })}
      send={{ label: t("accounts.note_now"), icon: NotebookPen, action: "account.note_now" }}
      onSend={send}
      onClose={onClose}
    >
      {(problem) => (
        <>
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
        </>
      )}
    </SayDialog>
  );
}
