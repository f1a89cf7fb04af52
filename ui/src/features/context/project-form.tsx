/** The form of a project, new or known: what it is called and says, where it lies, what is to be reached. */
import { FolderKanban, Save, Trash2 } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem, type Problem } from "../../backend/problem";
import type { ProjectView } from "../../backend/views";
import { Button } from "../../components/button";
import { DialogButtons } from "../../components/dialog";
import look from "../../components/form.module.css";
import { ProblemLine } from "../../components/problem-line";
import { ProjectField as Field } from "./project-field";

/** What was typed, objectives one a line. */
export interface ProjectText {
  name: string;
  description: string;
  folder: string;
  objectives: string[];
}

interface ProjectFormProps {
  /** The project that is changed; none: a new one. */
  project?: ProjectView;
  onSubmit(typed: ProjectText): Promise<void>;
  onCancel(): void;
  /** Opens the question whether it is to be forgotten. */
  onRemove?(): void;
}

export function ProjectForm({ project, onSubmit, onCancel, onRemove }: ProjectFormProps) {
  const { t } = useTranslation();
  const [name, setName] = useState(project?.name ?? "");
  const [description, setDescription] = useState(project?.description ?? "");
  const [folder, setFolder] = useState(project?.folder ?? "");
  const [objectives, setObjectives] = useState(project?.objectives.map(({ text }) => text).join("\n") ?? "");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setProblem(null);
    const lines = objectives.split("\n").map((line) => line.trim());
    try {
      await onSubmit({
        name,
        description,
        folder: folder.trim(),
        objectives: lines.filter((line) => line !== ""),
      });
    } catch (thrown) {
      setProblem(asProblem(thrown));
      setBusy(false);
    }
  };
  return (
    <form className={look.form} onSubmit={(event) => void send(event)}>
      <Field label={t("context.name")} text={name} onText={setName} required />
      {project !== undefined && (
        <Field label={t("context.description")} text={description} onText={setDescription} rows={2} />
      )}
      <Field
        label={t("context.folder")}
        hint={t("context.folder_hint")}
        text={folder}
        onText={setFolder}
        {...(project === undefined ? { placeholder: "~/work/foo" } : {})}
        isPath
      />
      <Field
        label={t("context.objectives")}
        hint={t("context.objectives_hint")}
        text={objectives}
        onText={setObjectives}
        rows={3}
      />
      <ProblemLine problem={problem} />
      <DialogButtons>
        {onRemove !== undefined && (
          <Button icon={Trash2} tone="quiet" onClick={onRemove}>
            {t("context.remove")}
          </Button>
        )}
        <Button onClick={onCancel}>{t("context.close")}</Button>
        <Button
          icon={project === undefined ? FolderKanban : Save}
          tone="go"
          type="submit"
          disabled={busy || name.trim() === ""}
        >
          {t(project === undefined ? "context.create" : "context.save")}
        </Button>
      </DialogButtons>
    </form>
  );
}
