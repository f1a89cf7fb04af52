/** The last snapshots of a project, on its page. */
import "../../i18n/late";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Snowflake } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "../../backend/problem";
import { useSnapshotQueries } from "../../backend/snapshot-queries";
import type { ProjectId } from "../../backend/views";
import { Button } from "../../components/button";
import { Ago } from "../../components/moment";
import { useNotices } from "../../components/notices";
import { ProblemLine } from "../../components/problem-line";
import { FreezeDialog } from "./freeze-dialog";
import styles from "./project-snapshots.module.css";
import { snapshotName } from "./snapshot-name";

const LAST = 3;

export function ProjectSnapshots({ project }: { project: ProjectId }) {
  const { t } = useTranslation();
  const { tell } = useNotices();
  const { data, error } = useQuery(useSnapshotQueries().snapshots(project, LAST));
  const [freezing, setFreezing] = useState(false);
  const items = data?.items ?? [];
  return (
    <section className={styles.snapshots} aria-labelledby="snapshots">
      <header>
        <h2 id="snapshots">{t("context.snapshots")}</h2>
        {items.length > 0 && (
          <Link to="/context/snapshots" search={{ project }} className={styles.all}>
            {t("snapshots.all")}
          </Link>
        )}
      </header>
      <ProblemLine problem={error === null ? null : asProblem(error)} />
      {items.length > 0 ? (
        <ul>
          {items.map((snapshot) => (
            <li key={snapshot.id}>
              <Link to="/context/snapshots" search={{ project, id: snapshot.id }}>
                <bdi dir="auto">{snapshotName(snapshot, t)}</bdi>
              </Link>
              <span className="small quiet">
                <Ago at={snapshot.created_at} />
              </span>
            </li>
          ))}
        </ul>
      ) : (
        error === null && <p className="small quiet">{t("snapshots.none_of_project")}</p>
      )}
      <Button
        small
        icon={Snowflake}
        className={styles.freeze}
        data-action="snapshots.freeze"
        onClick={() => setFreezing(true)}
      >
        {t("snapshots.freeze")}
      </Button>
      {freezing && (
        <FreezeDialog
          project={project}
          onClose={() => setFreezing(false)}
          onFrozen={({ sessions, knowledge }) =>
            tell(
              t("snapshots.frozen", {
                sessions: t("context.sessions_count", { count: sessions }),
                entries: t("snapshots.entries_count", { count: knowledge }),
              }),
            )
          }
        />
      )}
    </section>
  );
}
