/** All executions, newest first. Reads; the list itself is drawn by its view. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Workflow } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useQueries } from "../../backend/use-backend";
import { ErrorState, LoadingRows, PlaceState } from "../../components/place-state";
import frame from "../../components/screen.module.css";
import { FirstRun } from "../first-run/first-run";
import styles from "./executions-screen.module.css";
import { ExecutionsTable } from "./executions-table";
import { type Filter, filters } from "./search";

const route = getRouteApi("/executions");

export function ExecutionsScreen() {
  const { t } = useTranslation();
  const { status } = route.useSearch();
  const query = useInfiniteQuery(useQueries().executions(status));
  const items = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  return (
    <div className={frame.screen}>
      <header className={`${frame.head} ${styles.head}`}>
        <h1>{t("executions.title")}</h1>
        <FilterTabs status={status} />
      </header>
      {query.data === undefined && query.isError ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : query.data === undefined ? (
        <LoadingRows height={52} />
      ) : items.length === 0 ? (
        <Empty status={status} />
      ) : (
        <ExecutionsTable
          key={status ?? "all"}
          items={items}
          hasMore={query.hasNextPage}
          onMore={() => {
            if (!query.isFetching) void query.fetchNextPage();
          }}
        />
      )}
    </div>
  );
}

function FilterTabs({ status }: { status: Filter | undefined }) {
  const { t } = useTranslation();
  return (
    <nav className={styles.tabs} aria-label={t("executions.filter")}>
      <Link
        to="/executions"
        search={{}}
        activeOptions={{ exact: true, includeSearch: true }}
        data-chosen={status === undefined || undefined}
      >
        {t("executions.all")}
      </Link>
      {filters.map((filter) => (
        <Link
          key={filter}
          to="/executions"
          search={{ status: filter }}
          data-chosen={status === filter || undefined}
        >
          {t(`status.${filter}`)}
        </Link>
      ))}
    </nav>
  );
}

function Empty({ status }: { status: Filter | undefined }) {
  const { t } = useTranslation();
  if (status !== undefined) {
    return (
      <PlaceState
        icon={Workflow}
        title={t("executions.empty_filtered_title")}
        text={t("executions.empty_filtered_text")}
      >
        <Link to="/executions" search={{}} className={styles.link}>
          {t("executions.show_all")}
        </Link>
      </PlaceState>
    );
  }
  return <FirstRun />;
}
