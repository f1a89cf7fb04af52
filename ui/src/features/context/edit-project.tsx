/** Changes what a project is called, says and where it lies, or forgets it; its sessions stay. */
import "../../i18n/late";
import { useQuery } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useHands } from "../../actions/use-actions";
import { asProblem, type Problem } from "../../backend/problem";
import { useQueries } from "../../backend/use-backend";
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
  const queries = useQueries();
  const { data: detail } = useQuery(queries.project(project.id));
  const { data: policy } = useQuery(queries.secretPolicy());
  const save = async ({ objectives, secrets, ...texts }: ProjectText) => {
    // First what can be refused: a vault that is locked leaves the form as it was typed.
    if (secrets !== undefined) {
      await backend.transport.call("secrets.set_policy", { project_id: project.id, policy: secrets });
      void backend.queries.invalidateQueries({ queryKey: ["secrets.policy"] });
    }
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
      <ProjectForm
        project={project}
        secrets={
          detail === undefined || policy === undefined
            ? undefined
            : {
                own: detail.has_own_secret_policy ? detail.secret_policy : "default",
                forAll: policy.policy,
              }
        }
        onSubmit={save}
        onCancel={onClose}
        onRemove={() => setRemoving(true)}
      />
    </Dialog>
  );
}
