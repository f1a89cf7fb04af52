/** Begins a project and opens it. */
import "../../i18n/late";
import { useTranslation } from "react-i18next";
import { useHands } from "../../actions/use-actions";
import { Dialog } from "../../components/dialog";
import { ProjectForm, type ProjectText } from "./project-form";

export function AddProject({ onClose }: { onClose(): void }) {
  const { t } = useTranslation();
  const { backend, go } = useHands();
  const add = async ({ name, folder, objectives, pinned }: ProjectText) => {
    const added = await backend.transport.call("projects.add", {
      name: name.trim() === "" ? null : name,
      folder: folder === "" ? null : folder,
      objectives,
      pinned,
    });
    await backend.queries.invalidateQueries({ queryKey: ["projects.list"] });
    onClose();
    go({ place: "project", id: added.id });
  };
  return (
    <Dialog title={t("context.add")} onClose={onClose}>
      <ProjectForm onSubmit={add} onCancel={onClose} />
    </Dialog>
  );
}
