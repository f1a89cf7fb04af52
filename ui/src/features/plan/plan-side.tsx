/** Beside the plan: what it was given and its text, both open to change until somebody starts it. */
import { Check, Undo2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "../../backend/problem";
import type { ExecutionDetail, PlanCheck } from "../../backend/views";
import { Button } from "../../components/button";
import { CopyButton } from "../../components/copy-button";
import { ExactFields } from "../../components/exact";
import { useNotices } from "../../components/notices";
import { InputsForm } from "./inputs-form";
import { useMadeBy } from "./made-by";
import { ModelWords } from "./model-words";
import styles from "./plan-look.module.css";
import { PlanText } from "./plan-text";

interface PlanSideProps {
  execution: ExecutionDetail;
  look: PlanCheck | undefined;
  /** Null until it is here. */
  text: string | null;
  changed: boolean;
  onText(text: string | null): void;
  onApply(inputs: Record<string, unknown>): Promise<void>;
}

export function PlanSide({ execution, look, text, changed, onText, onApply }: PlanSideProps) {
  const { t } = useTranslation();
  const { tellProblem } = useNotices();
  const [busy, setBusy] = useState(false);
  const apply = () => {
    setBusy(true);
    onApply(execution.inputs).then(
      () => setBusy(false),
      (thrown: unknown) => {
        setBusy(false);
        tellProblem(asProblem(thrown));
      },
    );
  };
  const madeBy = useMadeBy(execution.execution.id);
  const asksForNothing = look?.ok === true && Object.keys(look.inputs).length === 0;
  return (
    <aside className={styles.side} aria-label={t("plan.side")}>
      {madeBy !== undefined && (
        <div className={styles.part}>
          <ModelWords {...madeBy} />
        </div>
      )}
      <section className={styles.part}>
        <h2>{t("plan.inputs")}</h2>
        {look?.ok && !changed && !asksForNothing ? (
          <InputsForm
            schemas={look.inputs}
            values={execution.inputs}
            submit={t("plan.use_inputs")}
            icon={Check}
            quiet
            focus={false}
            onSubmit={onApply}
          />
        ) : Object.keys(execution.inputs).length === 0 ? (
          <p className="quiet">{t("plan.no_inputs")}</p>
        ) : (
          <ExactFields value={execution.inputs} />
        )}
      </section>
      <section className={`${styles.part} ${styles.grow}`}>
        <header>
          <h2>{t("plan.text")}</h2>
          {text !== null && <CopyButton text={text} quiet />}
        </header>
        {text === null ? (
          <p className="quiet">{t("error.loading")}</p>
        ) : (
          <PlanText text={text} faults={look?.faults ?? []} onText={onText} />
        )}
        {changed && (
          <footer className={styles.changed}>
            <Button icon={Undo2} onClick={() => onText(null)} data-action="plan.drop_changes">
              {t("plan.drop_changes")}
            </Button>
            <Button
              tone="go"
              icon={Check}
              disabled={busy || look?.ok !== true}
              onClick={apply}
              data-action="plan.use_changes"
            >
              {t("plan.use_changes")}
            </Button>
          </footer>
        )}
      </section>
    </aside>
  );
}
