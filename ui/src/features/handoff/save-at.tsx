/** Where a window is to put the file, which is made there and never over another. */
import { FileDown } from "lucide-react";
import { type FormEvent, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem, type Problem } from "../../backend/problem";
import { useBackend } from "../../backend/use-backend";
import type { Form } from "../../backend/views";
import { Button } from "../../components/button";
import { Dialog, DialogButtons } from "../../components/dialog";
import look from "../../components/form.module.css";
import { useNotices } from "../../components/notices";
import { ProblemLine } from "../../components/problem-line";
import { type Briefed, fileName } from "./save-as";

interface SaveAtProps extends Briefed {
  form: Form;
  onClose(): void;
}

export function SaveAt({ project, made, goal, wanted, answer, form, onClose }: SaveAtProps) {
  const { t } = useTranslation();
  const { transport } = useBackend();
  const { tell } = useNotices();
  const id = useId();
  const [path, setPath] = useState(`~/${fileName(project, form)}`);
  const [problem, setProblem] = useState<Problem | null>(null);
  const send = async (event: FormEvent) => {
    event.preventDefault();
    setProblem(null);
    try {
      const saved = await transport.call("briefings.save", {
        project_id: project.id,
        budget: made.budget,
        goal: goal ?? null,
        answer,
        wanted: [...wanted],
        form,
        path: path.trim(),
      });
      tell(t("handoff.saved", { path: saved.path }));
      onClose();
    } catch (thrown) {
      setProblem(asProblem(thrown));
    }
  };
  return (
    <Dialog title={t("save_as.title")} onClose={onClose}>
      <form className={look.form} onSubmit={(event) => void send(event)}>
        <div className={look.field}>
          <label htmlFor={id}>{t("save_as.where")}</label>
          <input
            id={id}
            className="mono"
            dir="ltr"
            required
            data-autofocus
            spellCheck={false}
            value={path}
            onChange={(event) => setPath(event.target.value)}
          />
        </div>
        <ProblemLine problem={problem} />
        <DialogButtons>
          <Button onClick={onClose}>{t("context.close")}</Button>
          <Button type="submit" icon={FileDown} tone="go" data-action="handoff.save_at">
            {t("context.save")}
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}
