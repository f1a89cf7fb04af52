/** Changes what a project is called, says and where it lies, or forgets it; its sessions stay. */
import { Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useHands } from "../../actions/use-actions";
import { asProblem, type Problem } from "../../backend/problem";
import type { ProjectView } from "../../backend/views";
import { Button } from "../../components/button";
import { Dialog, DialogButtons } from "../../components/dialog";
import { ProblemLine } from "../../components/problem-line";
import { ProjectForm, type ProjectText } from "./project-form";

export function EditProject({ project, onClose }: { project: ProjectView; onClose(): void }) {
  const { t } = useTranslation();
  const { backend, go } = useHands();
  const [removing, setRemoving] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const save = async ({ objectives, ...texts }: ProjectText) => {
    await backend.transport.call("projects.change", {
      id: project.id,
      ...texts,
      // What was reached stays so where its words did.
      objectives: objectives.map((text) => ({
        text,
        done: project.objectives.some((each) => each.text === text && each.done),
      })),
    });
    await backend.queries.invalidateQueries({ queryKey: ["projects.list"] });
    void backend.queries.invalidateQueries({ queryKey: ["projects.show", project.id] });
    onClose();
  };
  const remove = async () => {
    setProblem(null);
    try {
      await backend.transport.call("projects.remove", { id: project.id });
      await backend.queries.invalidateQueries({ queryKey: ["projects.list"] });
      go({ place: "context" });
    } catch (thrown) {
      setProblem(asProblem(thrown));
    }
  };
  if (removing) {
    return (
      <Dialog title={t("context.remove_question", { project: project.name })} onClose={onClose}>
        <p className="quiet">{t("context.remove_text")}</p>
        <ProblemLine problem={problem} />
        <DialogButtons>
          <Button onClick={() => setRemoving(false)}>{t("context.close")}</Button>
          <Button icon={Trash2} data-action="project.remove" onClick={() => void remove()}>
            {t("context.remove")}
          </Button>
        </DialogButtons>
      </Dialog>
    );
  }
  return (
    <Dialog title={t("context.edit")} onClose={onClose}>
      <ProjectForm project={project} onSubmit={save} onCancel={onClose} onRemove={() => setRemoving(true)} />
    </Dialog>
  );
}
