/** Everything that waits for a person. Reads; list and peek are drawn by their own files. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Inbox } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useQueries } from "../../backend/use-backend";
import { ErrorState, LoadingRows, PlaceState } from "../../components/place-state";
import { useNow } from "../../lib/use-now";
import { groupsOf } from "./groups";
import { InboxList } from "./inbox-list";
import styles from "./inbox-screen.module.css";

const route = getRouteApi("/inbox");

export function InboxScreen() {
  const { t } = useTranslation();
  const { selected } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(useQueries().approvals());
  const now = useNow(60_000);
  const groups = useMemo(() => groupsOf(query.data?.items ?? [], now), [query.data, now]);
  const count = query.data?.items.length ?? 0;
  const select = (id: string | undefined) =>
    void navigate({ search: (search) => ({ ...search, selected: id }), replace: true });
  return (
    <div className={styles.screen}>
      <header className={styles.head}>
        <h1>{t("inbox.title")}</h1>
        {count > 0 && <span className="quiet">{t("inbox.open", { count })}</span>}
      </header>
      {query.data === undefined && query.isError ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : query.data === undefined ? (
        <LoadingRows height={48} />
      ) : count === 0 ? (
        <PlaceState icon={Inbox} title={t("inbox.empty_title")} text={t("inbox.empty_text")} />
      ) : (
        <InboxList groups={groups} selected={selected} onSelect={select} />
      )}
    </div>
  );
}
