/** One snapshot: what it holds, what is different since, and the way back to it. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Undo2 } from "lucide-react";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSnapshotQueries } from "../../backend/snapshot-queries";
import type { Answer, SnapshotId, SnapshotView } from "../../backend/views";
import { Button } from "../../components/button";
import { ClockTime } from "../../components/moment";
import panes from "../../components/panes.module.css";
import { ErrorState, LoadingRows, Waiting } from "../../components/place-state";
import { instant } from "../../lib/span";
import { Difference } from "./difference";
import { RestoreDialog } from "./restore-dialog";
import { distinctSnapshotName, snapshotName } from "./snapshot-name";
import { Holds, Scope } from "./snapshot-row";
import styles from "./snapshots-screen.module.css";

const route = getRouteApi("/context/snapshots");

export function SnapshotPane({ id }: { id: SnapshotId }) {
  const { t } = useTranslation();
  const { data, isError, error, refetch } = useQuery(useSnapshotQueries().snapshot(id));
  const [restoring, setRestoring] = useState(false);
  if (data === undefined) {
    return isError ? (
      <ErrorState error={error} onRetry={() => void refetch()} />
    ) : (
      <LoadingRows height={36} />
    );
  }
  return (
    <section aria-labelledby="snapshot">
      <header className={panes.shown}>
        <div>
          <h2 id="snapshot">
            <bdi dir="auto">{snapshotName(data, t)}</bdi>
          </h2>
          <p className={panes.facts}>
            <ClockTime at={data.created_at} />
            <Scope snapshot={data} />
            <Holds snapshot={data} />
            <code dir="ltr">{data.id}</code>
          </p>
        </div>
        <Button icon={Undo2} data-action="snapshots.restore" onClick={() => setRestoring(true)}>
          {t("snapshots.restore")}
        </Button>
      </header>
      <Compared snapshot={data} />
      <Frozen sessions={data.frozen_sessions} />
      {restoring && <RestoreDialog snapshot={data} onClose={() => setRestoring(false)} />}
    </section>
  );
}

/** The comparison with the present, or with a later one of the same sessions. */
function Compared({ snapshot }: { snapshot: SnapshotView }) {
  const { t } = useTranslation();
  const { project, with: other } = route.useSearch();
  const navigate = route.useNavigate();
  const queries = useSnapshotQueries();
  const field = useId();
  const all = useQuery(queries.snapshots(project ?? null)).data?.items ?? [];
  const { data, isError, error, refetch } = useQuery(
    queries.snapshotDiff(snapshot.id, (other as SnapshotId | undefined) ?? null),
  );
  const later = all.filter(
    ({ created_at, project_id, folder }) =>
      (instant(created_at) ?? 0) > (instant(snapshot.created_at) ?? 0) &&
      project_id === snapshot.project_id &&
      folder === snapshot.folder,
  );
  const isThere = other === undefined || later.some(({ id }) => id === other);
  return (
    <>
      <p className={styles.compared}>
        <label htmlFor={field}>{t("snapshots.compared")}</label>
        <select
          id={field}
          className={styles.select}
          dir="auto"
          value={other ?? ""}
          onChange={(event) =>
            void navigate({
              search: (now) => ({ ...now, with: event.target.value || undefined }),
              replace: true,
            })
          }
        >
          <option value="">{t("snapshots.now")}</option>
          {!isThere && <option value={other}>{other}</option>}
          {later.map((one) => (
            <option key={one.id} value={one.id}>
              {distinctSnapshotName(one, t)}
            </option>
          ))}
        </select>
      </p>
      {data !== undefined ? (
        <Difference diff={data} />
      ) : isError ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : (
        <Waiting reason={t("snapshots.comparing")} height={28} />
      )}
    </>
  );
}

/** The sessions as they were frozen. */
function Frozen({ sessions }: { sessions: Answer<"snapshots.show">["frozen_sessions"] }) {
  const { t } = useTranslation();
  if (sessions.length === 0) return null;
  return (
    <details className={styles.frozen}>
      <summary>{t("snapshots.held", { count: sessions.length })}</summary>
      <ul>
        {sessions.map(({ id, title, messages }) => (
          <li key={id}>
            <Link to="/context/sessions/$id" params={{ id }} search={{}}>
              <bdi dir="auto">{title ?? t("context.no_title")}</bdi>
            </Link>
            <span className="small quiet num">{t("context.messages_count", { count: messages })}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
