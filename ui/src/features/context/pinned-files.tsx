/** The files that every briefing of a project is to mention: shown, added and taken off. */
import { FileText, Pin, X } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem, type Problem } from "../../backend/problem";
import { useBackend } from "../../backend/use-backend";
import type { ProjectView } from "../../backend/views";
import { Button, IconButton } from "../../components/button";
import { ProblemLine } from "../../components/problem-line";
import styles from "./pinned-files.module.css";

export function PinnedFiles({ project }: { project: ProjectView }) {
  const { t } = useTranslation();
  const { transport, queries } = useBackend();
  const [path, setPath] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const put = async (pinned: string[]) => {
    setProblem(null);
    try {
      await transport.call("projects.change", { id: project.id, pinned });
      await queries.invalidateQueries({ queryKey: ["projects.show", project.id] });
      return true;
    } catch (thrown) {
      setProblem(asProblem(thrown));
      return false;
    }
  };
  const add = async (event: FormEvent) => {
    event.preventDefault();
    const wanted = path.trim();
    if (wanted === "") return;
    if (project.pinned.includes(wanted) || (await put([...project.pinned, wanted]))) setPath("");
  };
  return (
    <section className={styles.pinned} aria-labelledby="pinned">
      <h2 id="pinned">{t("pinned.title")}</h2>
      <p className="small quiet">{t("pinned.text")}</p>
      {project.pinned.length > 0 && (
        <ul>
          {project.pinned.map((file) => (
            <li key={file}>
              <FileText size={16} strokeWidth={1.75} aria-hidden />
              <bdi className="mono" dir="ltr">
                {file}
              </bdi>
              <IconButton
                icon={X}
                label={t("pinned.remove", { path: file })}
                data-action="pinned.remove"
                onClick={() => void put(project.pinned.filter((each) => each !== file))}
              />
            </li>
          ))}
        </ul>
      )}
      <form onSubmit={(event) => void add(event)}>
        <input
          dir="ltr"
          className="mono"
          autoComplete="off"
          spellCheck={false}
          aria-label={t("pinned.path")}
          placeholder="docs/plan.md"
          value={path}
          onChange={(event) => setPath(event.target.value)}
        />
        <Button small type="submit" icon={Pin} data-action="pinned.add" disabled={path.trim() === ""}>
          {t("pinned.add")}
        </Button>
      </form>
      <ProblemLine problem={problem} />
    </section>
  );
}
