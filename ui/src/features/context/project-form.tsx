/** The form of a project, new or known: what it is called and says, where it lies, what is to be reached. */
import { FolderKanban, Save, Trash2 } from "lucide-react";
import { type FormEvent, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem, type Problem } from "../../backend/problem";
import type { ProjectView } from "../../backend/views";
import { Button } from "../../components/button";
import { DialogButtons } from "../../components/dialog";
import look from "../../components/form.module.css";
import { ProblemLine } from "../../components/problem-line";
import { isVaultTrouble, VaultTrouble } from "../../components/vault-trouble";
import { ProjectField as Field } from "./project-field";

/** What was typed, objectives and pinned files one a line. */
export interface ProjectText {
  name: string;
  description: string;
  folder: string;
  objectives: string[];
  /** Paths that every briefing is to mention. */
  pinned: string[];
  /** What becomes of the words of secrets; absent where it was not changed. */
  secrets?: SecretsWish;
}

export type SecretsWish = "default" | "drop" | "encrypt";

interface ProjectFormProps {
  /** The project that is changed; none: a new one. */
  project?: ProjectView;
  /** What becomes of secrets in its sessions, and in those of projects that say nothing; absent while nobody knows. */
  secrets?: { own: SecretsWish; forAll: "drop" | "encrypt" } | undefined;
  onSubmit(typed: ProjectText): Promise<void>;
  onCancel(): void;
  /** Opens the question whether it is to be forgotten. */
  onRemove?(): void;
}

export function ProjectForm({ project, secrets, onSubmit, onCancel, onRemove }: ProjectFormProps) {
  const { t } = useTranslation();
  const [name, setName] = useState(project?.name ?? "");
  const [description, setDescription] = useState(project?.description ?? "");
  const [folder, setFolder] = useState(project?.folder ?? "");
  const [objectives, setObjectives] = useState(project?.objectives.map(({ text }) => text).join("\n") ?? "");
  const [pinned, setPinned] = useState(project?.pinned.join("\n") ?? "");
  const [wish, setWish] = useState<SecretsWish | undefined>(undefined);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setProblem(null);
    try {
      await onSubmit({
        name,
        description,
        folder: folder.trim(),
        objectives: linesOf(objectives),
        pinned: linesOf(pinned),
        ...(wish === undefined || wish === secrets?.own ? {} : { secrets: wish }),
      });
    } catch (thrown) {
      setProblem(asProblem(thrown));
      setBusy(false);
    }
  };
  return (
    <form className={look.form} onSubmit={(event) => void send(event)}>
      <Field
        label={t("context.name")}
        text={name}
        onText={setName}
        {...(project === undefined
          ? {
              placeholder: folder
                .trim()
                .split(/[\\/]/)
                .filter((part) => part !== "")
                .at(-1),
            }
          : { required: true })}
      />
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
      <Field
        label={t("pinned.title")}
        hint={t("context.objectives_hint")}
        text={pinned}
        onText={setPinned}
        rows={2}
        isPath
      />
      {secrets !== undefined && (
        <SecretsField value={wish ?? secrets.own} forAll={secrets.forAll} onChange={setWish} />
      )}
      {problem !== null && isVaultTrouble(problem) ? (
        <VaultTrouble problem={problem} onReady={() => setProblem(null)} />
      ) : (
        <ProblemLine problem={problem} />
      )}
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
          disabled={busy || (name.trim() === "" && (project !== undefined || folder.trim() === ""))}
        >
          {t(project === undefined ? "context.create" : "context.save")}
        </Button>
      </DialogButtons>
    </form>
  );
}

const linesOf = (text: string) =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");

interface SecretsFieldProps {
  value: SecretsWish;
  forAll: "drop" | "encrypt";
  onChange(wish: SecretsWish): void;
}

function SecretsField({ value, forAll, onChange }: SecretsFieldProps) {
  const { t } = useTranslation();
  const id = useId();
  const words = { drop: t("secrets.drop"), encrypt: t("secrets.encrypt") };
  return (
    <div className={look.field}>
      <label htmlFor={id}>{t("secrets.of_project")}</label>
      <select id={id} value={value} onChange={(event) => onChange(event.target.value as SecretsWish)}>
        <option value="default">{t("secrets.as_for_all", { what: words[forAll] })}</option>
        <option value="drop">{words.drop}</option>
        <option value="encrypt">{words.encrypt}</option>
      </select>
    </div>
  );
}
