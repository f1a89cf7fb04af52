/**
 * One kept secret, shown to whoever asks for it: only after a second press, for a short time, and gone
 * from the page when the time is over, the dialog closes or the page is hidden.
 */
import { Eye } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem, type Problem } from "../../backend/problem";
import { useBackend } from "../../backend/use-backend";
import type { KeptSecretView } from "../../backend/views";
import { Button } from "../../components/button";
import { CopyButton } from "../../components/copy-button";
import { Dialog, DialogButtons } from "../../components/dialog";
import { ProblemLine } from "../../components/problem-line";
import { isVaultTrouble, VaultTrouble } from "../../components/vault-trouble";
import styles from "./data-screen.module.css";

/** Long enough to read or to copy a key. */
export const SHOWN_S = 30;

export function RevealDialog({ secret, onClose }: { secret: KeptSecretView; onClose(): void }) {
  const { t } = useTranslation();
  const { transport } = useBackend();
  const [words, setWords] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    if (words === null) return;
    const hide = () => setWords(null);
    const timer = setTimeout(hide, SHOWN_S * 1_000);
    document.addEventListener("visibilitychange", hide);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", hide);
    };
  }, [words]);
  const reveal = async () => {
    setBusy(true);
    setProblem(null);
    try {
      setWords((await transport.call("secrets.reveal", { id: secret.id })).words);
    } catch (thrown) {
      setProblem(asProblem(thrown));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog title={t("secrets.show_title")} onClose={onClose}>
      <p>
        <bdi className="mono" dir="ltr">
          {secret.token}
        </bdi>
      </p>
      <div aria-live="polite">
        {words === null ? (
          <p className="quiet">{t("secrets.show_text", { count: SHOWN_S })}</p>
        ) : (
          <pre className={styles.words} dir="ltr" data-revealed>
            {words}
          </pre>
        )}
      </div>
      {problem !== null &&
        (isVaultTrouble(problem) ? (
          <VaultTrouble problem={problem} onReady={() => void reveal()} />
        ) : (
          <ProblemLine problem={problem} />
        ))}
      <DialogButtons>
        <Button onClick={onClose}>{t("secrets.close")}</Button>
        {words === null ? (
          <Button
            tone="go"
            icon={Eye}
            disabled={busy}
            data-action="secrets.reveal"
            onClick={() => void reveal()}
          >
            {t("secrets.show")}
          </Button>
        ) : (
          <CopyButton text={words} />
        )}
      </DialogButtons>
    </Dialog>
  );
}
