/** Why a drafted handoff is not wanted; the reason stays with it. */
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem, type Problem } from "../../backend/problem";
import { useBackend } from "../../backend/use-backend";
import type { DraftView } from "../../backend/views";
import { Button } from "../../components/button";
import { Dialog, DialogButtons } from "../../components/dialog";
import { ProblemLine } from "../../components/problem-line";
import styles from "./reject-draft.module.css";

interface RejectDraftProps {
  draft: DraftView;
  onClose(): void;
  onRejected(): void;
}

export function RejectDraft({ draft, onClose, onRejected }: RejectDraftProps) {
  const { t } = useTranslation();
  const { transport } = useBackend();
  const field = useId();
  const [reason, setReason] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const send = async () => {
    try {
      await transport.call("drafts.reject", { id: draft.id, reason: reason.trim() });
      onRejected();
    } catch (thrown) {
      setProblem(asProblem(thrown));
    }
  };
  return (
    <Dialog title={t("inbox.reject_title")} size={440} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <label htmlFor={field} className="small quiet">
          {t("inbox.reject_reason")}
        </label>
        <input
          id={field}
          dir="auto"
          required
          maxLength={200}
          data-autofocus
          className={styles.reason}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {problem !== null && <ProblemLine problem={problem} />}
        <DialogButtons>
          <Button onClick={onClose}>{t("approval.close")}</Button>
          <Button type="submit" tone="accent">
            {t("action.reject")}
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}
