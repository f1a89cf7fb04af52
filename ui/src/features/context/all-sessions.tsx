/** The sessions of all projects, or of those that the address says. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { MessagesSquare } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useQueries } from "../../backend/use-backend";
import type { ProjectId } from "../../backend/views";
import { Button } from "../../components/button";
import { ErrorState, ExampleCommand, LoadingRows, PlaceState } from "../../components/place-state";
import styles from "./context-screen.module.css";
import { SessionFilter, type SessionsOf } from "./session-filter";
import { SessionList } from "./session-list";

const route = getRouteApi("/context");

export function AllSessions() {
  const { t } = useTranslation();
  const { project, account } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useInfiniteQuery(useQueries().sessions(project ?? null, account ?? null));
  const projects = useQuery(useQueries().projects()).data?.items ?? [];
  const projectName = (id: ProjectId) => projects.find((each) => each.id === id)?.name;
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  const isFiltered = project !== undefined || account !== undefined;
  const show = (of: SessionsOf) =>
    void navigate({ search: { list: "sessions", project: of.project, account: of.account }, replace: true });
  if (query.data !== undefined && items.length === 0 && !isFiltered) {
    return (
      <PlaceState
        icon={MessagesSquare}
        title={t("context.no_sessions_title")}
        text={t("context.no_sessions_text")}
      >
        <ExampleCommand command="krake import FILE" />
      </PlaceState>
    );
  }
  return (
    <>
      <SessionFilter of={{ project, account }} sessions={items} onChange={show} />
      {query.data === undefined ? (
        query.isError ? (
          <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <LoadingRows height={52} />
        )
      ) : items.length === 0 ? (
        <PlaceState icon={MessagesSquare} title={t("sessions.none_title")} text={t("sessions.none_text")}>
          <Button onClick={() => show({})}>{t("sessions.clear")}</Button>
        </PlaceState>
      ) : (
        <div className={styles.scroller}>
          <SessionList sessions={items} {...(project === undefined ? { projectName } : {})} />
          {query.hasNextPage && (
            <p className={styles.more}>
              <Button disabled={query.isFetching} onClick={() => void query.fetchNextPage()}>
                {t("context.more")}
              </Button>
            </p>
          )}
        </div>
      )}
    </>
  );
}
