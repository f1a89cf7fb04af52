/** Overview: one look says what there is, what runs, what waits and what runs out. Cards read for themselves. */
import "../../i18n/late";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useQueries } from "../../backend/use-backend";
import { ErrorState, LoadingRows } from "../../components/place-state";
import frame from "../../components/screen.module.css";
import { dayName, lastDays } from "../../lib/days";
import { useNow } from "../../lib/use-now";
import { AdviceList } from "../advice/advice-list";
import { ExecutionsCard } from "./executions-card";
import { OverviewFigures } from "./overview-figures";
import styles from "./overview-screen.module.css";
import { ProjectsCard } from "./projects-card";
import { WaitsCard } from "./waits-card";
import { WindowsCard } from "./windows-card";

export function OverviewScreen() {
  const { t, i18n } = useTranslation();
  const stats = useQuery(useQueries().stats());
  const today = lastDays(1, useNow(60_000));
  return (
    <div className={frame.screen}>
      <header className={`${frame.head} ${styles.head}`}>
        <h1>{t("frame.overview")}</h1>
        <span className="quiet">
          {dayName(today.to, i18n.language, { weekday: "long", day: "numeric", month: "long" })}
        </span>
      </header>
      <div className={`${frame.body} ${styles.body}`} data-look="cards">
        {stats.data === undefined && stats.isError ? (
          <ErrorState error={stats.error} onRetry={() => void stats.refetch()} />
        ) : stats.data === undefined ? (
          <LoadingRows height={52} />
        ) : (
          <>
            <OverviewFigures stats={stats.data} today={today} />
            <div className={styles.cards}>
              <WaitsCard />
              <ExecutionsCard />
              <WindowsCard />
              <ProjectsCard />
            </div>
            <AdviceList />
          </>
        )}
      </div>
    </div>
  );
}
