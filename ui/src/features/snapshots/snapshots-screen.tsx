/** Frozen contexts: the list, and beside it what one holds and what is different since. */
import "../../i18n/late";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { ChevronLeft, MousePointerClick, Snowflake } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Action, bind } from "../../actions/action";
import { cursorMoves } from "../../actions/cursor";
import { useHands, useShortcuts } from "../../actions/use-actions";
import { useApprovalIsOpen } from "../../actions/use-approval-is-open";
import { useSnapshotQueries } from "../../backend/snapshot-queries";
import { useQueries } from "../../backend/use-backend";
import type { SnapshotId, SnapshotView } from "../../backend/views";
import { ActionButton } from "../../components/button";
import { ContextHead } from "../../components/context-head";
import panes from "../../components/panes.module.css";
import { ErrorState, ExampleCommand, LoadingRows, PlaceState } from "../../components/place-state";
import frame from "../../components/screen.module.css";
import { FreezeDialog } from "./freeze-dialog";
import { SnapshotPane } from "./snapshot-pane";
import { SnapshotRow } from "./snapshot-row";
import styles from "./snapshots-screen.module.css";

const route = getRouteApi("/context/snapshots");

const freeze: Action<{ open(): void }> = {
  id: "snapshots.freeze",
  label: "snapshots.freeze",
  icon: Snowflake,
  enabled: () => true,
  run: ({ open }) => open(),
};

export function SnapshotsScreen() {
  const hands = useHands();
  const { project, id } = route.useSearch();
  const navigate = route.useNavigate();
  const [freezing, setFreezing] = useState(false);
  const action = bind(freeze, { open: () => setFreezing(true) }, hands);
  useShortcuts([action], !useApprovalIsOpen());
  const show = (made: SnapshotView) =>
    void navigate({ search: (now) => ({ ...now, id: made.id, with: undefined }) });
  return (
    <div className={frame.screen}>
      <ContextHead here="snapshots">
        <Projects chosen={project} />
        <ActionButton action={action} tone="go" />
      </ContextHead>
      <div className={panes.panes} data-open={id !== undefined || undefined}>
        <Snapshots project={project} id={id} />
      </div>
      {freezing && (
        <FreezeDialog project={project ?? null} onClose={() => setFreezing(false)} onFrozen={show} />
      )}
    </div>
  );
}

/** Whose snapshots are listed. */
function Projects({ chosen }: { chosen: string | undefined }) {
  const { t } = useTranslation();
  const navigate = route.useNavigate();
  const projects = useQuery(useQueries().projects()).data?.items ?? [];
  const isThere = chosen === undefined || projects.some(({ id }) => id === chosen);
  return (
    <select
      className={styles.select}
      dir="auto"
      aria-label={t("context.project")}
      value={chosen ?? ""}
      onChange={(event) => void navigate({ search: { project: event.target.value || undefined } })}
    >
      <option value="">{t("snapshots.all_projects")}</option>
      {!isThere && <option value={chosen}>{chosen}</option>}
      {projects.map((project) => (
        <option key={project.id} value={project.id}>
          {project.name}
        </option>
      ))}
    </select>
  );
}

const moves = cursorMoves("snapshots");

function Snapshots({ project, id }: { project: string | undefined; id: string | undefined }) {
  const { t } = useTranslation();
  const hands = useHands();
  const navigate = route.useNavigate();
  const { data, isError, error, refetch } = useQuery(useSnapshotQueries().snapshots(project ?? null));
  const items = data?.items ?? [];
  const cursor = {
    count: items.length,
    at: items.findIndex((one) => one.id === id),
    move: (to: number) => {
      const next = items[to];
      if (next !== undefined)
        void navigate({ search: (now) => ({ ...now, id: next.id, with: undefined }), replace: true });
    },
  };
  useShortcuts(
    moves.map((action) => bind(action, cursor, hands)),
    !useApprovalIsOpen(),
  );
  if (data === undefined) {
    return isError ? (
      <ErrorState error={error} onRetry={() => void refetch()} />
    ) : (
      <LoadingRows height={60} />
    );
  }
  if (items.length === 0 && id === undefined) {
    return (
      <PlaceState icon={Snowflake} title={t("snapshots.empty_title")} text={t("snapshots.empty_text")}>
        <ExampleCommand command="krake snapshot create --name before" />
      </PlaceState>
    );
  }
  return (
    <>
      <ul className={panes.list} aria-label={t("context.snapshots")}>
        {items.map((snapshot) => (
          <SnapshotRow key={snapshot.id} snapshot={snapshot} chosen={snapshot.id === id} />
        ))}
      </ul>
      <div className={panes.pane}>
        {id === undefined ? (
          <PlaceState
            icon={MousePointerClick}
            title={t("snapshots.choose_title")}
            text={t("snapshots.text")}
          />
        ) : (
          <>
            <Link
              to="/context/snapshots"
              search={(now) => ({ ...now, id: undefined, with: undefined })}
              className={panes.back}
            >
              <ChevronLeft size={16} strokeWidth={1.75} aria-hidden /> {t("snapshots.all")}
            </Link>
            <SnapshotPane key={id} id={id as SnapshotId} />
          </>
        )}
      </div>
    </>
  );
}
