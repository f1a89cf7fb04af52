/** Begins a project: its name, its folder, what is to be reached. */
import { FolderKanban } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useHands } from "../../actions/use-actions";
import { asProblem, type Problem } from "../../backend/problem";
import { Button } from "../../components/button";
import { Dialog, DialogButtons } from "../../components/dialog";
import { ProblemLine } from "../../components/problem-line";
import styles from "./add-project.module.css";
import { ProjectField as Field } from "./project-field";

export function AddProject({ onClose }: { onClose(): void }) {
  const { t } = useTranslation();
  const { backend, go } = useHands();
  const [name, setName] = useState("");
  const [folder, setFolder] = useState("");
  const [objectives, setObjectives] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setProblem(null);
    try {
      const added = await backend.transport.call("projects.add", {
        name,
        folder: folder.trim() === "" ? null : folder.trim(),
        objectives: objectives.split("\n").filter((line) => line.trim() !== ""),
      });
      await backend.queries.invalidateQueries({ queryKey: ["projects.list"] });
      onClose();
      go({ place: "project", id: added.id });
    } catch (thrown) {
      setProblem(asProblem(thrown));
      setBusy(false);
    }
  };
  return (
    <Dialog title={t("context.add")} onClose={onClose}>
      <form className={styles.form} onSubmit={(event) => void send(event)}>
        <Field label={t("context.name")} text={name} onText={setName} required />
        <Field
          label={t("context.folder")}
          hint={t("context.folder_hint")}
          text={folder}
          onText={setFolder}
          placeholder="~/work/foo"
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
          <Button onClick={onClose}>{t("context.close")}</Button>
          <Button icon={FolderKanban} tone="go" type="submit" disabled={busy || name.trim() === ""}>
            {t("context.create")}
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}
