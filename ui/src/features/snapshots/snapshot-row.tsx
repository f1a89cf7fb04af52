/** One snapshot in the list: what it is called, when it was made, what it holds. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useQueries } from "../../backend/use-backend";
import type { SnapshotView } from "../../backend/views";
import { Ago } from "../../components/moment";
import panes from "../../components/panes.module.css";
import { snapshotName } from "./snapshot-name";

export function SnapshotRow({ snapshot, chosen }: { snapshot: SnapshotView; chosen: boolean }) {
  const { t } = useTranslation();
  return (
    <li className={panes.item} data-chosen={chosen || undefined}>
      <Link
        to="/context/snapshots"
        search={(now) => ({ project: now.project, id: snapshot.id })}
        className={panes.row}
        aria-current={chosen || undefined}
      >
        <span className={panes.name}>
          <bdi dir="auto">{snapshotName(snapshot, t)}</bdi>
          <span className="small quiet">
            <Ago at={snapshot.created_at} />
          </span>
        </span>
        <span className={panes.facts}>
          <Scope snapshot={snapshot} />
          <Holds snapshot={snapshot} />
        </span>
      </Link>
    </li>
  );
}

/** Whose sessions it holds: a project's, those of a folder, or all. */
export function Scope({ snapshot }: { snapshot: SnapshotView }) {
  const { t } = useTranslation();
  const projects = useQuery(useQueries().projects()).data?.items;
  const { project_id, folder } = snapshot;
  if (project_id !== null) {
    const name = projects?.find(({ id }) => id === project_id)?.name;
    return <bdi dir="auto">{name ?? (projects === undefined ? "" : project_id)}</bdi>;
  }
  return folder === null ? (
    <span>{t("snapshots.everything")}</span>
  ) : (
    <bdi className="mono" dir="ltr">
      {folder}
    </bdi>
  );
}

export function Holds({ snapshot }: { snapshot: SnapshotView }) {
  const { t } = useTranslation();
  return (
    <>
      <span>{t("context.sessions_count", { count: snapshot.sessions })}</span>
      <span>{t("context.messages_count", { count: snapshot.messages })}</span>
      <span>{t("snapshots.entries_count", { count: snapshot.knowledge })}</span>
    </>
  );
}
