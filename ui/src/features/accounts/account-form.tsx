/**
 * The form of an account, new or known. The key stays in its field: it is read once, when it is sent,
 * and is in no state and no address.
 */
import { Plus, Save } from "lucide-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem, type Problem } from "../../backend/problem";
import { useBackend } from "../../backend/use-backend";
import type { AccountView } from "../../backend/views";
import { Button } from "../../components/button";
import { DialogButtons } from "../../components/dialog";
import look from "../../components/form.module.css";
import { ProblemLine } from "../../components/problem-line";
import { isVaultTrouble, VaultTrouble } from "../../components/vault-trouble";
import styles from "./account-dialog.module.css";
import { AccountField as Field } from "./account-field";
import { KeyHint } from "./key-hint";

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

/** Fields that stand in every form; what is left empty is an empty text. */
const WORDS = ["name", "email", "plan", "specialization", "base_url", "model"] as const;

/** What was typed. */
export type AccountText = Record<(typeof WORDS)[number], string> & {
  provider: Provider;
  tags: string[];
  format: "chat" | "responses" | null;
  key: string | null;
};

interface AccountFormProps {
  /** The account that is changed; none: a new one. */
  account?: AccountView | undefined;
  onSubmit(typed: AccountText): Promise<void>;
  onCancel(): void;
}

export function AccountForm({ account, onSubmit, onCancel }: AccountFormProps) {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const [provider, setProvider] = useState<Provider>(account?.provider ?? "anthropic");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const { key, place } = providers[provider];
  const hasPlace = place || (account?.base_url ?? null) !== null;
  const hasFormat = provider === "openai" || provider === "openai_compatible";
  const send = async () => {
    if (form.current === null || busy) return;
    setBusy(true);
    setProblem(null);
    try {
      await onSubmit(typedIn(form.current, provider));
      form.current?.reset();
    } catch (thrown) {
      setProblem(asProblem(thrown));
    } finally {
      setBusy(false);
    }
  };
  const vaultIsReady = () => {
    void queries.invalidateQueries({ queryKey: ["vault.show"] });
    void send();
  };
  const shown = form.current;
  const atField = problem?.field != null && shown?.elements.namedItem(problem.field) instanceof HTMLElement;
  return (
    <form
      ref={form}
      className={look.form}
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {account === undefined ? (
        <Field name="provider" label={t("accounts.field_provider")} problem={problem}>
          {(props) => (
            <select
              {...props}
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
        </Field>
      ) : (
        <p className="quiet">{t(`accounts.provider_${provider}_name`)}</p>
      )}
      <Field name="name" label={t("accounts.field_name")} problem={problem}>
        {(props) => (
          <input {...props} required maxLength={200} dir="auto" defaultValue={account?.name} data-autofocus />
        )}
      </Field>
      {key !== "never" && (
        <Field
          name="key"
          label={t(account?.has_key ? "accounts.field_new_key" : "accounts.field_key")}
          hint={account?.has_key ? t("accounts.new_key_hint") : <KeyHint />}
          problem={problem}
        >
          {(props) => (
            <input
              {...props}
              type="password"
              autoComplete="new-password"
              spellCheck={false}
              required={key === "needed" && !account?.has_key}
              dir="ltr"
            />
          )}
        </Field>
      )}
      {hasPlace && (
        <Field name="base_url" label={t("accounts.field_place")} problem={problem}>
          {(props) => (
            <input
              {...props}
              dir="ltr"
              required={provider === "openai_compatible"}
              defaultValue={account?.base_url ?? ""}
              placeholder={provider === "ollama" ? "http://127.0.0.1:11434" : "https://…/v1"}
            />
          )}
        </Field>
      )}
      {key !== "never" && (
        <div className={styles.pair}>
          <Field name="model" label={t("accounts.field_model")} problem={problem}>
            {(props) => (
              <input
                {...props}
                dir="ltr"
                required={provider === "openai_compatible"}
                defaultValue={account?.model ?? ""}
              />
            )}
          </Field>
          {hasFormat && (
            <Field name="format" label={t("accounts.field_format")} problem={problem}>
              {(props) => (
                <select {...props} defaultValue={account?.format ?? usualFormat(provider)}>
                  <option value="responses">{t("accounts.format_responses")}</option>
                  <option value="chat">{t("accounts.format_chat")}</option>
                </select>
              )}
            </Field>
          )}
        </div>
      )}
      <div className={styles.pair}>
        <Field name="email" label={t("accounts.field_email")} problem={problem}>
          {(props) => <input {...props} type="email" dir="ltr" defaultValue={account?.email ?? ""} />}
        </Field>
        <Field name="plan" label={t("accounts.field_plan")} problem={problem}>
          {(props) => <input {...props} dir="auto" defaultValue={account?.plan ?? ""} />}
        </Field>
      </div>
      <div className={styles.pair}>
        <Field name="specialization" label={t("accounts.field_best")} problem={problem}>
          {(props) => <input {...props} dir="auto" defaultValue={account?.specialization ?? ""} />}
        </Field>
        <Field name="tags" label={t("accounts.field_tags")} hint={t("accounts.tags_hint")} problem={problem}>
          {(props) => <input {...props} dir="auto" defaultValue={account?.tags.join(", ")} />}
        </Field>
      </div>
      {problem !== null && isVaultTrouble(problem) ? (
        <VaultTrouble problem={problem} onReady={vaultIsReady} />
      ) : (
        !atField && <ProblemLine problem={problem} />
      )}
      <DialogButtons>
        <Button onClick={onCancel}>{t("accounts.cancel")}</Button>
        {account === undefined ? (
          <Button type="submit" tone="go" icon={Plus} disabled={busy} data-action="accounts.add_now">
            {t("accounts.add")}
          </Button>
        ) : (
          <Button type="submit" tone="go" icon={Save} disabled={busy} data-action="account.save">
            {t("accounts.save")}
          </Button>
        )}
      </DialogButtons>
    </form>
  );
}

/** What is spoken where nobody says: as the core decides it. */
const usualFormat = (provider: Provider) => (provider === "openai" ? "responses" : "chat");

function typedIn(form: HTMLFormElement, provider: Provider): AccountText {
  const fields = new FormData(form);
  const text = (name: string) => {
    const value = fields.get(name);
    return typeof value === "string" ? value.trim() : "";
  };
  const words = Object.fromEntries(WORDS.map((name) => [name, text(name)])) as Record<
    (typeof WORDS)[number],
    string
  >;
  const format = text("format");
  return {
    ...words,
    provider,
    tags: text("tags")
      .split(/[,;\n]/)
      .map((tag) => tag.trim())
      .filter((tag) => tag !== ""),
    format: format === "chat" || format === "responses" ? format : null,
    key: text("key") === "" ? null : text("key"),
  };
}
