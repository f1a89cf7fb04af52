/** Changes what a project is called, says and where it lies, or forgets it; its sessions stay. */
import { Save, Trash2 } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useHands } from "../../actions/use-actions";
import { asProblem, type Problem } from "../../backend/problem";
import type { ProjectView } from "../../backend/views";
import { Button } from "../../components/button";
import { Dialog, DialogButtons } from "../../components/dialog";
import { ProblemLine } from "../../components/problem-line";
import styles from "./add-project.module.css";
import { ProjectField as Field } from "./project-field";

export function EditProject({ project, onClose }: { project: ProjectView; onClose(): void }) {
  const { t } = useTranslation();
  const { backend, go } = useHands();
  const [name, setName] = useState(project.name);
  const [description, setDescription] = useState(project.description);
  const [folder, setFolder] = useState(project.folder ?? "");
  const [objectives, setObjectives] = useState(project.objectives.map(({ text }) => text).join("\n"));
  const [removing, setRemoving] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const attempt = async (call: () => Promise<unknown>, after: () => void) => {
    setProblem(null);
    try {
      await call();
      await backend.queries.invalidateQueries({ queryKey: ["projects.list"] });
      after();
    } catch (thrown) {
      setProblem(asProblem(thrown));
    }
  };
  const save = (event: FormEvent) => {
    event.preventDefault();
    void attempt(
      () =>
        backend.transport.call("projects.change", {
          id: project.id,
          name,
          description,
          folder: folder.trim(),
          objectives: linesOf(objectives, project),
        }),
      () => {
        void backend.queries.invalidateQueries({ queryKey: ["projects.show", project.id] });
        onClose();
      },
    );
  };
  if (removing) {
    return (
      <Dialog title={t("context.remove_question", { project: project.name })} onClose={onClose}>
        <p className="quiet">{t("context.remove_text")}</p>
        <ProblemLine problem={problem} />
        <DialogButtons>
          <Button onClick={() => setRemoving(false)}>{t("context.close")}</Button>
          <Button
            icon={Trash2}
            data-action="project.remove"
            onClick={() =>
              void attempt(
                () => backend.transport.call("projects.remove", { id: project.id }),
                () => go({ place: "context" }),
              )
            }
          >
            {t("context.remove")}
          </Button>
        </DialogButtons>
      </Dialog>
    );
  }
  return (
    <Dialog title={t("context.edit")} onClose={onClose}>
      <form className={styles.form} onSubmit={save}>
        <Field label={t("context.name")} text={name} onText={setName} required />
        <Field label={t("context.description")} text={description} onText={setDescription} rows={2} />
        <Field
          label={t("context.folder")}
          hint={t("context.folder_hint")}
          text={folder}
          onText={setFolder}
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
          <Button icon={Trash2} tone="quiet" onClick={() => setRemoving(true)}>
            {t("context.remove")}
          </Button>
          <Button onClick={onClose}>{t("context.close")}</Button>
          <Button icon={Save} tone="go" type="submit" disabled={name.trim() === ""}>
            {t("context.save")}
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}

/** One objective a line; what was reached stays so where its words did. */
function linesOf(text: string, { objectives }: ProjectView) {
  const lines = text.split("\n").map((line) => line.trim());
  return lines
    .filter((line) => line !== "")
    .map((line) => ({ text: line, done: objectives.some((each) => each.text === line && each.done) }));
}
