/** Sessions of an import that are in another project and stay there, and the way to move them here. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem, type Problem } from "../../backend/problem";
import { useBackend } from "../../backend/use-backend";
import type { ImportView } from "../../backend/views";
import { Button } from "../../components/button";
import { ProblemLine } from "../../components/problem-line";

interface KeptElsewhereProps {
  sessions: ImportView["sessions"];
  /** Where the files were dropped; null: nowhere in particular. */
  project: string | null;
}

export function KeptElsewhere({ sessions, project }: KeptElsewhereProps) {
  const { t } = useTranslation();
  const { transport, queries } = useBackend();
  const [state, setState] = useState<"there" | "busy" | "here">("there");
  const [problem, setProblem] = useState<Problem | null>(null);
  const kept = sessions.filter(({ kept_in }) => kept_in !== null);
  if (kept.length === 0 || project === null) return null;
  const names = [...new Set(kept.flatMap(({ kept_in }) => kept_in?.name ?? []))];
  const move = async () => {
    setState("busy");
    setProblem(null);
    try {
      for (const { id } of kept) await transport.call("sessions.change", { id, project_id: project });
      setState("here");
    } catch (thrown) {
      setState("there");
      setProblem(asProblem(thrown));
    }
    for (const key of ["projects.list", "projects.show", "sessions.list", "sessions.show"]) {
      await queries.invalidateQueries({ queryKey: [key] });
    }
  };
  if (state === "here") return <p className="small quiet">{t("context.moved_here")}</p>;
  return (
    <div className="small">
      <p>
        {t("context.stays_in", { count: kept.length })} <bdi dir="auto">{names.join(", ")}</bdi>{" "}
        <Button small disabled={state === "busy"} data-action="import.move_here" onClick={() => void move()}>
          {t("context.move_here")}
        </Button>
      </p>
      <ProblemLine problem={problem} />
    </div>
  );
}
