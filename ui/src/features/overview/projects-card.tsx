/** Active projects, those last worked on first. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useQueries } from "../../backend/use-backend";
import { Button } from "../../components/button";
import { Ago } from "../../components/moment";
import { Progress } from "../../components/progress";
import { AddProject } from "../context/add-project";
import { Card, Nothing } from "./card";
import styles from "./overview-screen.module.css";

const MOST = 5;

export function ProjectsCard() {
  const { t } = useTranslation();
  const { data } = useQuery(useQueries().projects());
  const [adding, setAdding] = useState(false);
  const active = data?.items.filter((project) => project.status === "active") ?? [];
  return (
    <Card title={t("context.projects")} to="/context">
      {data !== undefined && active.length === 0 && (
        <Nothing text={t("overview.no_projects")}>
          <Button small icon={Plus} data-action="project.add" onClick={() => setAdding(true)}>
            {t("context.add")}
          </Button>
        </Nothing>
      )}
      <ul>
        {active.slice(0, MOST).map((project) => (
          <li key={project.id}>
            <Link to="/context/$id" params={{ id: project.id }} className={styles.row}>
              <span className={styles.what}>
                <bdi className="cut" dir="auto">
                  {project.name}
                </bdi>
                <span className="small quiet cut">
                  {t("context.sessions_count", { count: project.sessions })}
                  {project.last_session_at !== null && (
                    <>
                      , <Ago at={project.last_session_at} />
                    </>
                  )}
                </span>
              </span>
              {project.progress !== null && (
                <span className={styles.side}>
                  <Progress {...project.progress} tone="accent" />
                  <span className="small quiet">{t("context.reached", { ...project.progress })}</span>
                </span>
              )}
            </Link>
          </li>
        ))}
      </ul>
      {adding && <AddProject onClose={() => setAdding(false)} />}
    </Card>
  );
}
