/** A plan that waits to be looked at: what it will do, what it was given, its text. Nothing of it has run. */
import { useMediaQuery } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Suspense, useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { useHands } from "../../actions/use-actions";
import { useQueries } from "../../backend/use-backend";
import type { ExecutionDetail, PlanCheck } from "../../backend/views";
import { part } from "../../components/part";
import { LoadingRows } from "../../components/place-state";
import { ExecutionHeader } from "../executions/execution-header";
import styles from "./plan-look.module.css";
import { PlanSide } from "./plan-side";
import { PlanSteps } from "./plan-steps";
import { detailOf } from "./preview-steps";
import { revise } from "./revise";
import { usePlanText } from "./use-plan-text";

const GraphView = part(() => import("../executions/graph-view").then((file) => file.GraphView));

interface PlanLookProps {
  execution: ExecutionDetail;
  selected: string | undefined;
  onSelect(step: string | undefined): void;
}

/** A text as it is being changed, and the version that it was made from. */
interface Edited {
  text: string;
  version: number;
}

export function PlanLook({ execution, selected, onSelect }: PlanLookProps) {
  const { t } = useTranslation();
  const hands = useHands();
  // Without room a graph is too small to be read; the list below it says the same.
  const narrow = useMediaQuery("(max-width: 700px)", undefined, { getInitialValueInEffect: false });
  const queries = useQueries();
  const kept = usePlanText(execution.execution.id);
  const { plan_version } = execution;
  const [edited, setEdited] = useState<Edited | null>(null);
  const text = edited?.text ?? kept;
  const check = useQuery({
    ...queries.check({ plan: text ?? "" }, execution.inputs),
    enabled: text !== null,
    placeholderData: keepPreviousData,
  });
  const look = check.data;
  const changed = edited !== null && edited.text !== kept;
  // While the text is broken, what was last sound stays to be seen.
  const [sound, setSound] = useState<PlanCheck | undefined>(undefined);
  if (look?.ok && look !== sound) setSound(look);
  const shown = sound === undefined ? execution : detailOf(execution, sound);
  const previews = sound === undefined ? undefined : new Map(sound.preview.map((step) => [step.id, step]));
  const takeText = useCallback(
    (next: string | null) =>
      setEdited((before) =>
        next === null ? null : { text: next, version: before?.version ?? plan_version },
      ),
    [plan_version],
  );
  const change = async (inputs: Record<string, unknown>) => {
    const plan = changed ? edited.text : null;
    await revise(hands, execution.execution.id, { plan, inputs, version: edited?.version ?? plan_version });
    setEdited(null);
  };
  return (
    <div className={styles.screen}>
      <div className={styles.main}>
        <ExecutionHeader view={execution} look={sound} changed={changed} />
        {!narrow && (
          <div className={styles.graph}>
            <Suspense fallback={<LoadingRows height={52} />}>
              <GraphView execution={shown} previews={previews} selected={selected} onSelect={onSelect} />
            </Suspense>
          </div>
        )}
        <h2 className={styles.title}>{t("plan.will_do")}</h2>
        <PlanSteps steps={shown.steps} previews={previews} selected={selected} onSelect={onSelect} />
      </div>
      <PlanSide
        key={`${execution.execution.id}.${execution.plan_version}`}
        execution={execution}
        look={look}
        text={text}
        changed={changed}
        onText={takeText}
        onApply={change}
      />
    </div>
  );
}
