/** Projects, or all sessions. */
import "../../i18n/late";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { FolderKanban, Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useQueries } from "../../backend/use-backend";
import { Button } from "../../components/button";
import { ContextHead } from "../../components/context-head";
import { ErrorState, ExampleCommand, LoadingRows, PlaceState } from "../../components/place-state";
import frame from "../../components/screen.module.css";
import { AddProject } from "./add-project";
import { AllSessions } from "./all-sessions";
import styles from "./context-screen.module.css";
import { FoundFolders } from "./found-folders";
import { ImportButton } from "./import-button";
import { ProjectRow } from "./project-row";

const route = getRouteApi("/context");

export function ContextScreen() {
  const { t } = useTranslation();
  const { list = "projects" } = route.useSearch();
  const [adding, setAdding] = useState(false);
  return (
    <div className={`${frame.screen} ${styles.screen}`}>
      <ContextHead here={list}>
        <ImportButton project={null} />
        <Button icon={Plus} tone="accent" data-action="project.add" onClick={() => setAdding(true)}>
          {t("context.add")}
        </Button>
      </ContextHead>
      {list === "projects" ? <Projects onAdd={() => setAdding(true)} /> : <AllSessions />}
      {adding && <AddProject onClose={() => setAdding(false)} />}
    </div>
  );
}

function Projects({ onAdd }: { onAdd(): void }) {
  const { t } = useTranslation();
  const { data, isError, error, refetch } = useQuery(useQueries().projects());
  if (data === undefined) {
    return isError ? (
      <ErrorState error={error} onRetry={() => void refetch()} />
    ) : (
      <LoadingRows height={64} />
    );
  }
  if (data.items.length === 0) {
    return (
      <div className={styles.scroller}>
        <PlaceState icon={FolderKanban} title={t("context.empty_title")} text={t("context.empty_text")}>
          <Button icon={Plus} tone="go" onClick={onAdd}>
            {t("context.add")}
          </Button>
          <ExampleCommand command="krake projects add --folder ." />
        </PlaceState>
        <FoundFolders />
      </div>
    );
  }
  return (
    <div className={styles.scroller}>
      <ul>
        {data.items.map((project) => (
          <ProjectRow key={project.id} project={project} />
        ))}
      </ul>
      <FoundFolders />
    </div>
  );
}
