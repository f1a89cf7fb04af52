/** Insights: what was used and what it cost, by day and by group, what briefings saved, what could be done better. Reads. */
import "../../i18n/late";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { ChartLine, MessagesSquare } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useQueries } from "../../backend/use-backend";
import type { UsageView } from "../../backend/views";
import { ButtonLink } from "../../components/button";
import { Choice } from "../../components/choice";
import { ErrorState, ExampleCommand, LoadingRows, PlaceState } from "../../components/place-state";
import frame from "../../components/screen.module.css";
import { lastDays } from "../../lib/days";
import { useNow } from "../../lib/use-now";
import { AdviceList } from "../advice/advice-list";
import { DaysPanel } from "./days-panel";
import { GroupsPanel } from "./groups-panel";
import styles from "./insights-screen.module.css";
import { RangeFigures } from "./range-figures";
import { SavedPanel } from "./saved-panel";
import { ranges } from "./search";

const route = getRouteApi("/insights");

export function InsightsScreen() {
  const { t } = useTranslation();
  const { days: count = 30, by = "account", as } = route.useSearch();
  const navigate = route.useNavigate();
  const queries = useQueries();
  const days = lastDays(count, useNow(60_000));
  const usage = useQuery({ ...queries.insightsUsage(days, "day"), placeholderData: (last) => last });
  const groups = useQuery({
    ...queries.insightsUsage(days, by),
    placeholderData: (last) => (last?.by === by ? last : undefined),
  });
  const saved = useQuery({ ...queries.insightsSaved(days), placeholderData: (last) => last });
  const change = (wanted: ReturnType<typeof route.useSearch>) =>
    void navigate({ search: (search) => ({ ...search, ...wanted }), replace: true });
  const told = usage.data;
  return (
    <div className={frame.screen}>
      <header className={`${frame.head} ${styles.head}`}>
        <h1>{t("frame.insights")}</h1>
        {told !== undefined && <span className="quiet small">{told.zone}</span>}
        <span className={styles.tools}>
          <Choice
            label={t("insights.range")}
            value={String(count)}
            options={ranges.map((range) => ({ value: String(range), label: t(`insights.days_${range}`) }))}
            onChange={(value) => change({ days: ranges.find((range) => String(range) === value) })}
          />
        </span>
      </header>
      <div className={`${frame.body} ${styles.body}`} data-look="cards">
        {told === undefined && usage.isError ? (
          <ErrorState error={usage.error} onRetry={() => void usage.refetch()} />
        ) : told === undefined ? (
          <LoadingRows height={52} />
        ) : nothing(told) ? (
          <PlaceState icon={ChartLine} title={t("insights.empty_title")} text={t("insights.empty_text")}>
            <ButtonLink to="/context" tone="go" icon={MessagesSquare}>
              {t("insights.empty_go")}
            </ButtonLink>
            <ExampleCommand command="krake import ~/.claude/projects" />
          </PlaceState>
        ) : (
          <>
            <RangeFigures usage={told} saved={saved.data} />
            <AdviceList />
            <DaysPanel
              usage={told}
              asTable={as === "table"}
              onLook={(look) => change({ as: look === "table" ? "table" : undefined })}
            />
            <GroupsPanel usage={groups.data} by={by} onGroup={(by) => change({ by })} />
            {saved.data !== undefined && <SavedPanel saved={saved.data} />}
          </>
        )}
      </div>
    </div>
  );
}

function nothing({ total }: UsageView): boolean {
  return total.both.answers === 0 && total.both.untold === 0 && total.credits === null;
}
