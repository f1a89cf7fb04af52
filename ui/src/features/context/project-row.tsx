/** One project in the list: what it is, how far it is, when it was last worked on. */
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { ProjectView } from "../../backend/views";
import { Ago } from "../../components/moment";
import { Progress } from "../../components/progress";
import styles from "./context-screen.module.css";

export function ProjectRow({ project }: { project: ProjectView }) {
  const { t } = useTranslation();
  return (
    <li>
      <Link to="/context/$id" params={{ id: project.id }} className={styles.row}>
        <span className={styles.where}>
          <span className={styles.name}>
            <span dir="auto">{project.name}</span>
            <span className={styles.badge}>{t(`context.${project.status}`)}</span>
          </span>
          <span className="small quiet mono" dir="ltr">
            {project.folder ?? ""}
          </span>
        </span>
        {project.progress === null ? (
          <span />
        ) : (
          <span className={styles.progress}>
            <span className="small quiet">{t("context.reached", { ...project.progress })}</span>
            <Progress {...project.progress} tone="accent" />
          </span>
        )}
        <span className={styles.numbers}>
          <span>{t("context.sessions_count", { count: project.sessions })}</span>
          <span className="small quiet">
            {project.last_session_at === null ? "" : <Ago at={project.last_session_at} />}
          </span>
        </span>
      </Link>
    </li>
  );
}
