/** The sessions of a project over time, the last ended first. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Hourglass, MessagesSquare } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useQueries } from "../../backend/use-backend";
import type { ProjectView } from "../../backend/views";
import { Button } from "../../components/button";
import { ErrorState, LoadingRows, PlaceState, Waiting } from "../../components/place-state";
import styles from "./project-screen.module.css";
import { SessionList } from "./session-list";
import { SessionsTimeline } from "./sessions-timeline";

export function ProjectSessions({ project }: { project: ProjectView }) {
  const { t } = useTranslation();
  const query = useInfiniteQuery(useQueries().sessions(project.id));
  const { data: watched } = useQuery({ ...useQueries().watched(), enabled: project.folder !== null });
  const sessions = query.data?.pages.flatMap((page) => page.items) ?? [];
  if (query.data === undefined) {
    return query.isError ? (
      <ErrorState error={query.error} onRetry={() => void query.refetch()} />
    ) : (
      <LoadingRows height={40} />
    );
  }
  if (sessions.length === 0) {
    return watched?.is_scanning === true ? (
      <Waiting reason={t("context.reading_stores")} height={40} />
    ) : (
      <PlaceState
        icon={MessagesSquare}
        title={t("context.no_sessions_title")}
        text={t("context.no_sessions_text")}
      />
    );
  }
  // A piece of text that was captured afterwards does not say that the account works again.
  const lastWorked = sessions.find(({ source }) => source !== "capture");
  return (
    <section aria-labelledby="sessions">
      <h2 id="sessions" className={styles.title}>
        {t("context.sessions")}
        {watched?.is_scanning === true && (
          <span className="small quiet" role="status">
            {" "}
            {t("context.reading_stores")}
          </span>
        )}
      </h2>
      {lastWorked?.limited && (
        <p className={styles.limited} role="status">
          <Hourglass size={16} strokeWidth={1.75} data-tone="warn" aria-hidden />
          <span>{t("context.limited_text")}</span>
          <Link to="/context/$id/handoff" params={{ id: project.id }}>
            {t("handoff.open")}
          </Link>
        </p>
      )}
      <SessionsTimeline project={project.id} sessions={sessions} />
      <SessionList sessions={sessions} />
      {query.hasNextPage && (
        <p className={styles.more}>
          <Button disabled={query.isFetching} onClick={() => void query.fetchNextPage()}>
            {t("context.more")}
          </Button>
        </p>
      )}
    </section>
  );
}
