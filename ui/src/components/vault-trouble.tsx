/**
 * A key could not be kept or had: the keychain is locked, says no, or is not there. Each has its own
 * way out, and an encrypted file is made only by somebody who chooses it.
 */
import { KeyRound, Lock, type LucideIcon, RotateCw, ShieldQuestion } from "lucide-react";
import { useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem, type Problem } from "../backend/problem";
import { useBackend } from "../backend/use-backend";
import { Button } from "./button";
import look from "./form.module.css";
import styles from "./vault-trouble.module.css";

type Code = "vault_locked" | "vault_denied" | "vault_missing";

const icons: Record<Code, LucideIcon> = {
  vault_locked: Lock,
  vault_denied: ShieldQuestion,
  vault_missing: KeyRound,
};

export const isVaultTrouble = (problem: Problem): boolean => Object.hasOwn(icons, problem.code);

export function VaultTrouble({ problem, onReady }: { problem: Problem; onReady(): void }) {
  const { t } = useTranslation();
  const code = problem.code as Code;
  const Icon = icons[code];
  return (
    <section className={styles.trouble} role="alert" data-problem={code}>
      <p className={styles.outcome} data-tone="warn">
        <Icon size={16} strokeWidth={1.75} aria-hidden />
        <strong>{t(`accounts.${code}_title`)}</strong>
      </p>
      <p className="small quiet">{t(`accounts.${code}_text`)}</p>
      {problem.detail !== null && (
        <details className="small faint">
          <summary>{t("accounts.vault_details")}</summary>
          <bdi dir="ltr">{problem.detail}</bdi>
        </details>
      )}
      {code === "vault_denied" ? (
        <p>
          <Button small icon={RotateCw} onClick={onReady}>
            {t("action.retry")}
          </Button>
        </p>
      ) : (
        <Passphrase isNew={code === "vault_missing"} onReady={onReady} />
      )}
    </section>
  );
}

/** The passphrase of the encrypted file: a new one, or the one that opens it. */
function Passphrase({ isNew, onReady }: { isNew: boolean; onReady(): void }) {
  const { t } = useTranslation();
  const { transport } = useBackend();
  const [problem, setProblem] = useState<Problem | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  const send = async () => {
    const passphrase = field.current?.value ?? "";
    setProblem(null);
    try {
      await transport.call(isNew ? "vault.create" : "vault.unlock", { passphrase });
      if (field.current !== null) field.current.value = "";
      onReady();
    } catch (thrown) {
      setProblem(asProblem(thrown));
    }
  };
  return (
    <div className={look.field}>
      <label htmlFor={id}>{t(isNew ? "accounts.new_passphrase" : "accounts.passphrase")}</label>
      <input
        ref={field}
        id={id}
        type="password"
        autoComplete="new-password"
        spellCheck={false}
        dir="ltr"
        minLength={isNew ? 8 : undefined}
        onKeyDown={(event) => {
          // Enter here means this field, not the form around it.
          if (event.key !== "Enter") return;
          event.preventDefault();
          void send();
        }}
      />
      {problem !== null && (
        <p className="small" data-tone="bad" dir="auto">
          {problem.message}
        </p>
      )}
      <p className={styles.choices}>
        {!isNew && (
          <Button small icon={RotateCw} onClick={onReady}>
            {t("action.retry")}
          </Button>
        )}
        <Button small onClick={() => void send()} data-action={isNew ? "vault.create" : "vault.unlock"}>
          {t(isNew ? "accounts.make_vault" : "accounts.open_vault")}
        </Button>
      </p>
    </div>
  );
}
