/** One execution. Reads it and its address; header, views and inspector are drawn by their own files. */
import { useMediaQuery } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { SearchX } from "lucide-react";
import { Suspense } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "../../backend/problem";
import { useQueries } from "../../backend/use-backend";
import type { ExecutionId } from "../../backend/views";
import { part } from "../../components/part";
import { ErrorState, LoadingRows, PlaceState } from "../../components/place-state";
import { DetailTabs } from "./detail-tabs";
import { ExecutionHeader } from "./execution-header";
import styles from "./execution-screen.module.css";
import type { Detail, View } from "./search";
import { StepInspector } from "./step-inspector";
import { StepsTable } from "./steps-table";
import { TimelineView } from "./timeline-view";
import { ViewTabs } from "./view-tabs";
import { WaitsBand } from "./waits-band";

// The graph brings its own library; it and the log are fetched when they are first looked at.
const GraphView = part(() => import("./graph-view").then((file) => file.GraphView));

const PlanLook = part(() => import("../plan/plan-look").then((file) => file.PlanLook));
const LogView = part(() => import("./log-view").then((file) => file.LogView));

const route = getRouteApi("/executions/$id");

export function ExecutionScreen() {
  const { t } = useTranslation();
  const { id: address } = route.useParams();
  const id = address as ExecutionId;
  const { view: chosen, step: stepId, tab, line } = route.useSearch();
  const navigate = route.useNavigate();
  const narrow = useMediaQuery("(max-width: 700px)", undefined, { getInitialValueInEffect: false });
  const query = useQuery(useQueries().execution(id));
  if (query.data === undefined) {
    if (!query.isError) return <LoadingRows height={52} />;
    const missing = asProblem(query.error).status === 404 || asProblem(query.error).code === "not_found";
    if (!missing) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
    return (
      <PlaceState
        icon={SearchX}
        title={t("execution.not_found_title")}
        text={t("execution.not_found_text")}
      />
    );
  }
  const { data } = query;
  // Without room a graph is too small to be read.
  const view = chosen ?? (narrow ? "table" : "graph");
  const step = data.steps.find((each) => each.id === stepId);
  const select = (next: string | undefined) =>
    void navigate({ search: (now) => ({ ...now, step: next }), replace: true });
  if (data.execution.status === "proposed") {
    return (
      <div className={styles.screen} data-inspecting={step !== undefined || undefined} data-plan>
        <Suspense fallback={<LoadingRows height={52} />}>
          <PlanLook execution={data} selected={step?.id} onSelect={select} />
        </Suspense>
      </div>
    );
  }
  const choose = (next: View) => void navigate({ search: (now) => ({ ...now, view: next }), replace: true });
  const open = (next: Detail) => void navigate({ search: (now) => ({ ...now, tab: next }), replace: true });
  const body = { execution: data, selected: step?.id, onSelect: select };
  return (
    <div className={styles.screen} data-inspecting={step !== undefined || undefined}>
      <div className={styles.main}>
        <ExecutionHeader view={data} />
        <WaitsBand view={data} onSelect={select} />
        <ViewTabs view={view} onChoose={choose} />
        <div className={styles.view}>
          {view === "table" && <StepsTable {...body} />}
          {view === "timeline" && <TimelineView {...body} />}
          <Suspense fallback={<LoadingRows height={52} />}>
            {view === "log" && <LogView execution={data} selected={step?.id} onSelect={select} line={line} />}
            {view === "graph" && <GraphView {...body} />}
          </Suspense>
        </div>
        {view !== "log" && <DetailTabs {...body} tab={tab} onTab={open} />}
      </div>
      {step !== undefined && (
        <StepInspector execution={data.execution} step={step} steps={data.steps} onSelect={select} />
      )}
    </div>
  );
}
