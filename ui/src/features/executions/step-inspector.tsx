/** Everything about one step beside its execution: what it was given, what it gave, what was tried. */
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { bind } from "../../actions/action";
import { useHands, useShortcuts } from "../../actions/use-actions";
import { useApprovalIsOpen } from "../../actions/use-approval-is-open";
import type { ExecutionSummary, StepView } from "../../backend/views";
import { ActionButton, IconButton } from "../../components/button";
import { CopyButton } from "../../components/copy-button";
import { Exact, ExactFields, Quoted } from "../../components/exact";
import { Span } from "../../components/moment";
import { StatusIcon, StatusWord } from "../../components/status";
import { useFocusBack } from "../../lib/use-focus";
import { rerunFrom } from "./actions";
import { FailureWords } from "./failure-words";
import { review } from "./review";
import { StepAttempts } from "./step-attempts";
import styles from "./step-inspector.module.css";

interface StepInspectorProps {
  execution: ExecutionSummary;
  step: StepView;
  steps: readonly StepView[];
  onSelect(step: string | undefined): void;
}

export function StepInspector({ execution, step, steps, onSelect }: StepInspectorProps) {
  const { t } = useTranslation();
  useFocusBack();
  return (
    <aside className={styles.side} aria-label={t("step.inspector")} data-inspecting={step.id}>
      <header className={styles.head}>
        <StatusIcon status={step.status} />
        <h2 className="cut">
          <bdi>{step.name === "" ? step.id : step.name}</bdi>
        </h2>
        <IconButton icon={X} label={t("step.close")} onClick={() => onSelect(undefined)} />
      </header>
      <dl className={styles.facts}>
        <dt>{t("step.tool")}</dt>
        <dd>
          <code>{step.tool}</code>
        </dd>
        <dt>{t("step.status")}</dt>
        <dd>
          <StatusWord status={step.status} />
        </dd>
        {step.started_at !== null && (
          <>
            <dt>{t("step.took")}</dt>
            <dd>
              <Span from={step.started_at} to={step.ended_at} />
              {step.critical && <span className="quiet"> · {t("step.critical")}</span>}
            </dd>
          </>
        )}
        <dt>{t("step.needs")}</dt>
        <dd>
          <Needs step={step} steps={steps} onSelect={onSelect} />
        </dd>
        {step.alternative !== null && (
          <>
            <dt>{t("step.alternative")}</dt>
            <dd dir="auto">
              {step.alternative.number}: <Exact text={step.alternative.because} />
            </dd>
          </>
        )}
        {step.adopted && (
          <>
            <dt>{t("step.result")}</dt>
            <dd>{t("step.adopted")}</dd>
          </>
        )}
        {step.because !== null && (
          <>
            <dt>{t("step.because")}</dt>
            <dd dir="auto">
              <Quoted text={step.because} />
            </dd>
          </>
        )}
      </dl>
      <Review step={step} />
      {execution.ended_at !== null && <Again execution={execution} step={step} />}
      {step.failure !== null && (
        <Part title={t("step.failed")}>
          <FailureWords failure={step.failure} />
        </Part>
      )}
      {step.failure !== null && <Attempts step={step} title={t("step.was_tried")} />}
      <Part title={t("step.arguments")} copy={isEmpty(step.args) ? null : step.args}>
        {isEmpty(step.args) ? (
          <p className="faint">{t("step.nothing")}</p>
        ) : (
          <ExactFields value={step.args} />
        )}
      </Part>
      <Part title={t("step.output")} copy={step.output}>
        {step.output === null ? (
          <p className="faint">{step.ended_at === null ? t("step.no_output") : t("step.nothing")}</p>
        ) : (
          <ExactFields value={step.output} />
        )}
      </Part>
      {step.failure === null && <Attempts step={step} title={t("step.attempts")} />}
    </aside>
  );
}

function Attempts({ step, title }: { step: StepView; title: string }) {
  if (step.attempts.length === 0) return null;
  return (
    <Part title={title}>
      <StepAttempts attempts={step.attempts} said={step.failure} />
    </Part>
  );
}

function Part({ title, copy, children }: { title: string; copy?: unknown; children: ReactNode }) {
  const text = () => (typeof copy === "string" ? copy : JSON.stringify(copy, null, 2));
  return (
    <section className={styles.part}>
      <header>
        <h3>{title}</h3>
        {copy !== null && copy !== undefined && <CopyButton text={text} quiet />}
      </header>
      {children}
    </section>
  );
}

function Needs({ step, steps, onSelect }: Omit<StepInspectorProps, "execution">) {
  const { t } = useTranslation();
  if (step.needs.length === 0) return <span className="faint">{t("step.nothing")}</span>;
  return (
    <ul className={styles.needs}>
      {step.needs.map((need) => (
        <li key={need}>
          <button type="button" onClick={() => onSelect(need)}>
            <bdi>{steps.find((each) => each.id === need)?.name || need}</bdi>
          </button>
        </li>
      ))}
    </ul>
  );
}

function Review({ step }: { step: StepView }) {
  const hands = useHands();
  if (step.approval_id === null || step.status !== "waiting_approval") return null;
  const approval = step.approval_id;
  return (
    <div className={styles.review}>
      <ActionButton action={bind(review, approval, hands)} tone="accent" />
    </div>
  );
}

/** A new execution that begins here, with the results of the steps before. */
function Again({ execution, step }: { execution: ExecutionSummary; step: StepView }) {
  const bound = bind(rerunFrom, { execution, from: step.id }, useHands());
  useShortcuts([bound], !useApprovalIsOpen());
  return (
    <div className={styles.review}>
      <ActionButton action={bound} tone={step.failure === null ? "plain" : "accent"} keys />
    </div>
  );
}

function isEmpty(value: unknown): boolean {
  return value === null || (typeof value === "object" && Object.keys(value as object).length === 0);
}
