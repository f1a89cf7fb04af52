/** One execution. Reads it and its address; header, views and inspector are drawn by their own files. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { SearchX } from "lucide-react";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "../../backend/problem";
import { useQueries } from "../../backend/use-backend";
import type { ExecutionId } from "../../backend/views";
import { ErrorState, LoadingRows, PlaceState } from "../../components/place-state";
import { ExecutionHeader } from "./execution-header";
import styles from "./execution-screen.module.css";
import { LogView } from "./log-view";
import type { View } from "./search";
import { StepInspector } from "./step-inspector";
import { StepsTable } from "./steps-table";
import { TimelineView } from "./timeline-view";
import { ViewTabs } from "./view-tabs";
import { WaitsBand } from "./waits-band";

// The graph brings its own library; it is fetched when it is first looked at.
const GraphView = lazy(() => import("./graph-view").then((file) => ({ default: file.GraphView })));

const route = getRouteApi("/executions/$id");

/** Larger plans open as a table: a graph of them says nothing at one look. */
const MOST_AS_GRAPH = 60;

export function ExecutionScreen() {
  const { t } = useTranslation();
  const { id: address } = route.useParams();
  const id = address as ExecutionId;
  const { view: chosen, step: stepId } = route.useSearch();
  const navigate = route.useNavigate();
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
  const view = chosen ?? (data.steps.length <= MOST_AS_GRAPH ? "graph" : "table");
  const step = data.steps.find((each) => each.id === stepId);
  const select = (next: string | undefined) =>
    void navigate({ search: (now) => ({ ...now, step: next }), replace: true });
  const choose = (next: View) => void navigate({ search: (now) => ({ ...now, view: next }), replace: true });
  const body = { execution: data, selected: step?.id, onSelect: select };
  return (
    <div className={styles.screen} data-inspecting={step !== undefined || undefined}>
      <div className={styles.main}>
        <ExecutionHeader view={data} />
        <WaitsBand view={data} />
        <ViewTabs view={view} onChoose={choose} />
        <div className={styles.view}>
          {view === "table" && <StepsTable {...body} />}
          {view === "timeline" && <TimelineView {...body} />}
          {view === "log" && <LogView executionId={id} selected={step?.id} onSelect={select} />}
          {view === "graph" && (
            <Suspense fallback={<LoadingRows height={52} />}>
              <GraphView {...body} />
            </Suspense>
          )}
        </div>
      </div>
      {step !== undefined && <StepInspector step={step} steps={data.steps} onSelect={select} />}
    </div>
  );
}
