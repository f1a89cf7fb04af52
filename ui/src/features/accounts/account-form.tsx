/**
 * The form of a new account. The key stays in its field: it is read once, when it is sent, and is
 * in no state and no address.
 */
import { Plus } from "lucide-react";
import { type ReactNode, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem, type Problem } from "../../backend/problem";
import type { AccountView, Params } from "../../backend/views";
import { Button } from "../../components/button";
import { DialogButtons } from "../../components/dialog";
import { ProblemLine } from "../../components/problem-line";
import { isVaultTrouble, VaultTrouble } from "../../components/vault-trouble";
import styles from "./add-account.module.css";

type Provider = AccountView["provider"];

/** With a key, with one where there is one, without. */
const providers: Record<Provider, { key: "needed" | "possible" | "never"; place: boolean }> = {
  anthropic: { key: "needed", place: false },
  openai: { key: "needed", place: false },
  gemini: { key: "needed", place: false },
  openai_compatible: { key: "possible", place: true },
  ollama: { key: "possible", place: true },
  claude_app: { key: "never", place: false },
  chatgpt_app: { key: "never", place: false },
  gemini_app: { key: "never", place: false },
  other: { key: "never", place: false },
};

interface AccountFormProps {
  onSubmit(params: Params<"accounts.add">): Promise<void>;
  onCancel(): void;
}

export function AccountForm({ onSubmit, onCancel }: AccountFormProps) {
  const { t } = useTranslation();
  const [provider, setProvider] = useState<Provider>("anthropic");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const { key, place } = providers[provider];
  const send = async () => {
    if (form.current === null || busy) return;
    setBusy(true);
    setProblem(null);
    const fields = new FormData(form.current);
    const text = (name: string) => {
      const value = fields.get(name);
      return typeof value === "string" && value.trim() !== "" ? value.trim() : null;
    };
    try {
      await onSubmit({
        name: text("name"),
        provider,
        email: text("email"),
        plan: text("plan"),
        specialization: text("specialization"),
        base_url: text("base_url"),
        model: text("model"),
        key: text("key"),
      });
      form.current?.reset();
    } catch (thrown) {
      setProblem(asProblem(thrown));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      ref={form}
      className={styles.form}
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <Row label={t("accounts.field_provider")}>
        {(id) => (
          <select
            id={id}
            name="provider"
            value={provider}
            onChange={(event) => setProvider(event.target.value as Provider)}
          >
            {(Object.keys(providers) as Provider[]).map((each) => (
              <option key={each} value={each}>
                {t(`accounts.provider_${each}_name`)}
              </option>
            ))}
          </select>
        )}
      </Row>
      <Row label={t("accounts.field_name")}>
        {(id) => <input id={id} name="name" required maxLength={200} dir="auto" data-autofocus />}
      </Row>
      {key !== "never" && (
        <Row label={t("accounts.field_key")} hint={t("accounts.key_hint")}>
          {(id) => (
            <input
              id={id}
              name="key"
              type="password"
              autoComplete="new-password"
              spellCheck={false}
              required={key === "needed"}
              dir="ltr"
            />
          )}
        </Row>
      )}
      {place && (
        <Row label={t("accounts.field_place")}>
          {(id) => (
            <input
              id={id}
              name="base_url"
              dir="ltr"
              required={provider === "openai_compatible"}
              placeholder={provider === "ollama" ? "http://127.0.0.1:11434" : "https://…/v1"}
            />
          )}
        </Row>
      )}
      {key !== "never" && (
        <Row label={t("accounts.field_model")}>
          {(id) => <input id={id} name="model" dir="ltr" required={provider === "openai_compatible"} />}
        </Row>
      )}
      <div className={styles.pair}>
        <Row label={t("accounts.field_email")}>
          {(id) => <input id={id} name="email" type="email" dir="ltr" />}
        </Row>
        <Row label={t("accounts.field_plan")}>{(id) => <input id={id} name="plan" dir="auto" />}</Row>
      </div>
      <Row label={t("accounts.field_best")}>{(id) => <input id={id} name="specialization" dir="auto" />}</Row>
      {problem !== null && isVaultTrouble(problem) ? (
        <VaultTrouble problem={problem} onReady={() => void send()} />
      ) : (
        <ProblemLine problem={problem} />
      )}
      <DialogButtons>
        <Button onClick={onCancel}>{t("accounts.cancel")}</Button>
        <Button type="submit" tone="go" icon={Plus} disabled={busy} data-action="accounts.add_now">
          {t("accounts.add")}
        </Button>
      </DialogButtons>
    </form>
  );
}

function Row({ label, hint, children }: { label: string; hint?: string; children(id: string): ReactNode }) {
  const id = useId();
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      {children(id)}
      {hint !== undefined && <span className="small quiet">{hint}</span>}
    </div>
  );
}
