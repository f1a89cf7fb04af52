/** One project: where it stands, what is to be reached, and its sessions over time. */
import "../../i18n/late";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { ArrowRightLeft, GitBranch, PackageOpen, PenLine } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useRun } from "../../actions/use-actions";
import { useBackend, useQueries } from "../../backend/use-backend";
import type { ProjectDetail, ProjectView } from "../../backend/views";
import { Button, ButtonLink } from "../../components/button";
import { ErrorState, LoadingRows } from "../../components/place-state";
import { Progress } from "../../components/progress";
import frame from "../../components/screen.module.css";
import { ProjectSnapshots } from "../snapshots/project-snapshots";
import { EditProject } from "./edit-project";
import { GitLine } from "./git-line";
import { ImportButton } from "./import-button";
import { KeepRules } from "./keep-rules";
import { KeptOverTime } from "./kept-over-time";
import { PinnedFiles } from "./pinned-files";
import styles from "./project-screen.module.css";
import { ProjectSessions } from "./project-sessions";

const route = getRouteApi("/context/$id");
const STATUSES = ["planned", "active", "paused", "done"] as const;

export function ProjectScreen() {
  const { id } = route.useParams();
  const { data, isError, error, refetch } = useQuery(useQueries().project(id));
  if (data === undefined) {
    return isError ? (
      <ErrorState error={error} onRetry={() => void refetch()} />
    ) : (
      <LoadingRows height={52} />
    );
  }
  return <Project detail={data} />;
}

function Project({ detail }: { detail: ProjectDetail }) {
  const { t } = useTranslation();
  const { project } = detail;
  const [editing, setEditing] = useState(false);
  return (
    <div className={`${frame.screen} ${styles.screen}`}>
      <header className={`${frame.head} ${styles.head}`}>
        <p className="small quiet">
          <Link to="/context" search={{}}>
            {t("context.title")}
          </Link>
        </p>
        <div className={styles.line}>
          <h1>
            <bdi>{project.name}</bdi>
          </h1>
          <Status project={project} />
          <span className={styles.end}>
            <Button icon={PenLine} onClick={() => setEditing(true)}>
              {t("context.edit_short")}
            </Button>
            <ImportButton project={project.id} />
            <ButtonLink to="/settings/data" search={{ project: project.id }} icon={PackageOpen}>
              {t("data.export")}
            </ButtonLink>
            <ButtonLink to="/context/$id/handoff" params={{ id: project.id }} tone="go" icon={ArrowRightLeft}>
              {t("handoff.open")}
            </ButtonLink>
          </span>
        </div>
        <p className={styles.facts}>
          {project.folder !== null && (
            <span className="mono quiet" dir="ltr">
              {project.folder}
            </span>
          )}
          <GitLine project={project} git={detail.git} />
        </p>
        {project.description !== "" && (
          <p className="quiet">
            <bdi>{project.description}</bdi>
          </p>
        )}
      </header>
      {editing && <EditProject project={project} onClose={() => setEditing(false)} />}
      <div className={styles.body}>
        <div className={styles.top}>
          <Objectives project={project} />
          <KeptOverTime project={project.id} />
        </div>
        <div className={styles.side}>
          <PinnedFiles project={project} />
          <ProjectSnapshots project={project.id} />
          <KeepRules project={project} />
        </div>
        <div className={styles.main}>
          <ProjectSessions project={project} />
        </div>
      </div>
    </div>
  );
}

/** Changes something of the project; what goes wrong becomes a notice. */
function useChange(project: ProjectView) {
  const { transport, queries } = useBackend();
  const run = useRun();
  return (fields: Partial<Pick<ProjectView, "status" | "objectives">>) =>
    run({
      id: "project.change",
      label: "context.status",
      icon: GitBranch,
      shortcut: undefined,
      repeats: false,
      enabled: true,
      run: async () => {
        await transport.call("projects.change", { id: project.id, ...fields });
        await queries.invalidateQueries({ queryKey: ["projects.show", project.id] });
        await queries.invalidateQueries({ queryKey: ["projects.list"] });
      },
    });
}

function Status({ project }: { project: ProjectView }) {
  const { t } = useTranslation();
  const change = useChange(project);
  return (
    <select
      className={styles.status}
      aria-label={t("context.status")}
      value={project.status}
      onChange={(event) => {
        const status = STATUSES.find((each) => each === event.target.value);
        if (status !== undefined) change({ status });
      }}
    >
      {STATUSES.map((status) => (
        <option key={status} value={status}>
          {t(`context.${status}`)}
        </option>
      ))}
    </select>
  );
}

function Objectives({ project }: { project: ProjectView }) {
  const { t } = useTranslation();
  const change = useChange(project);
  if (project.progress === null) return null;
  const toggle = (place: number) =>
    change({
      objectives: project.objectives.map((each, at) => (at === place ? { ...each, done: !each.done } : each)),
    });
  return (
    <section className={styles.objectives} aria-labelledby="objectives">
      <div className={styles.line}>
        <h2 id="objectives">{t("context.objectives")}</h2>
        <span className="small quiet">{t("context.reached", { ...project.progress })}</span>
        <span className={styles.bar}>
          <Progress {...project.progress} tone="accent" />
        </span>
      </div>
      <ul>
        {project.objectives.map((objective, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: objectives have no id, and their order is theirs.
          <li key={place}>
            <label>
              <input type="checkbox" checked={objective.done} onChange={() => toggle(place)} />
              <span dir="auto">{objective.text}</span>
            </label>
          </li>
        ))}
      </ul>
    </section>
  );
}
