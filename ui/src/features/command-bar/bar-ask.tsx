/** A sentence on its way to a plan: being planned, planned with gaps, or not understood. Nothing runs here. */
import { useQuery } from "@tanstack/react-query";
import { ArrowLeft, CircleQuestionMark, Sparkles } from "lucide-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useHands } from "../../actions/use-actions";
import { useQueries } from "../../backend/use-backend";
import type { PlanProposal } from "../../backend/views";
import { IconButton } from "../../components/button";
import { Exact } from "../../components/exact";
import { Stretch } from "../../components/moment";
import { ErrorState } from "../../components/place-state";
import { useNow } from "../../lib/use-now";
import { InputsForm } from "../plan/inputs-form";
import { ModelFault, ModelMark, ModelWords } from "../plan/model-words";
import { propose } from "../plan/propose";
import { BarNearest } from "./bar-nearest";
import styles from "./command-bar.module.css";

interface BarAskProps {
  sentence: string;
  onBack(): void;
  onDone(): void;
  onPlaybook(name: string): void;
}

export function BarAsk({ sentence, onBack, onDone, onPlaybook }: BarAskProps) {
  const { t } = useTranslation();
  const queries = useQueries();
  const { data, isError, error, refetch } = useQuery(queries.proposal(sentence));
  const stage = useRef<HTMLElement>(null);
  useEffect(() => stage.current?.focus(), []);
  return (
    <section ref={stage} tabIndex={-1} className={styles.stage} aria-label={t("bar.asked")}>
      <header className={styles.stageHead}>
        <IconButton icon={ArrowLeft} label={t("action.back")} onClick={onBack} className="mirror" />
        <h2 className="cut" dir="auto">
          <Exact text={sentence} />
        </h2>
      </header>
      {data === undefined && !isError && <Planning />}
      {data === undefined && isError && <ErrorState error={error} onRetry={() => void refetch()} />}
      {data?.outcome === "planned" && (
        <Planned sentence={sentence} proposal={data} onDone={onDone} onPlaybook={onPlaybook} />
      )}
      {data?.outcome === "unsure" && <Unsure proposal={data} onPlaybook={onPlaybook} />}
    </section>
  );
}

/** A planner may think for a while; how long is said, and Escape ends the wait. */
function Planning() {
  const { t } = useTranslation();
  const begun = useRef(Date.now());
  const now = useNow(1_000);
  const spent = now - begun.current;
  return (
    <p className={styles.planning} role="status">
      <Sparkles size={16} strokeWidth={1.75} data-tone="accent" className="pulse" aria-hidden />
      {t("bar.planning")}{" "}
      {spent >= 1_000 && (
        <span className="quiet">
          <Stretch ms={spent} />
        </span>
      )}
    </p>
  );
}

interface PlannedProps {
  sentence: string;
  proposal: PlanProposal;
  onDone(): void;
  onPlaybook(name: string): void;
}

/** With nothing missing and every word understood the plan is shown at once; else the gaps come first. */
function Planned({ sentence, proposal, onDone, onPlaybook }: PlannedProps) {
  const { t } = useTranslation();
  const hands = useHands();
  const { missing, assumed, unknown, refused, notes, model } = proposal;
  const whole = [missing, assumed, unknown, refused, notes].every((gap) => gap.length === 0);
  const go = (inputs: Record<string, unknown>) =>
    propose(hands, requestOf(proposal, sentence, inputs), proposal);
  const sent = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the plan is there.
  useEffect(() => {
    if (!whole || sent.current) return;
    sent.current = true;
    void go(proposal.inputs).then(onDone, () => undefined);
  }, []);
  return (
    <div className={styles.form}>
      {model === null ? (
        <p dir="auto">
          <b>{proposal.playbook ?? proposal.plan?.name}</b> <Exact text={proposal.because} />
        </p>
      ) : (
        <>
          <p>
            <b dir="auto">
              <Exact text={proposal.plan?.name ?? ""} />
            </b>{" "}
            <ModelMark />
          </p>
          <ModelWords model={model} notes={notes} />
        </>
      )}
      <Gaps proposal={proposal} />
      <InputsForm
        schemas={proposal.plan?.inputs ?? {}}
        values={proposal.inputs}
        submit={t("plan.look")}
        onSubmit={async (inputs) => {
          await go(inputs);
          onDone();
        }}
      />
      {proposal.unknown.length > 0 && proposal.nearest.length > 0 && (
        <BarNearest nearest={proposal.nearest} onPlaybook={onPlaybook} />
      )}
    </div>
  );
}

function Unsure({ proposal, onPlaybook }: { proposal: PlanProposal; onPlaybook(name: string): void }) {
  const { t } = useTranslation();
  const { because, model_fault: fault } = proposal;
  // The reason quotes the fault, which stands below on its own.
  const told = fault !== null && because.includes(fault);
  return (
    <div className={styles.form}>
      <p className={styles.unsure} role="status">
        <CircleQuestionMark size={16} strokeWidth={1.75} data-tone="warn" aria-hidden />
        <span dir="auto">
          <b>{t("bar.unsure")}</b> {!told && <Exact text={because} />}
        </span>
      </p>
      <Gaps proposal={proposal} />
      {proposal.nearest.length === 0 ? (
        <p className="quiet">{t("bar.nothing_near")}</p>
      ) : (
        <BarNearest nearest={proposal.nearest} onPlaybook={onPlaybook} />
      )}
    </div>
  );
}

/** What has no place in the plan is said, never dropped. */
function Gaps({ proposal }: { proposal: PlanProposal }) {
  const { t } = useTranslation();
  return (
    <>
      {proposal.model_fault !== null && <ModelFault fault={proposal.model_fault} />}
      {proposal.unknown.length > 0 && (
        <p className={styles.gaps}>
          <span className="faint">{t("bar.not_understood")}</span>
          {proposal.unknown.map((word) => (
            <mark key={word} dir="auto">
              <Exact text={word} />
            </mark>
          ))}
        </p>
      )}
      {proposal.assumed.length > 0 && (
        <p className={styles.gaps} data-assumed>
          <span className="faint">{t("bar.assumed")}</span>
          {proposal.assumed.map((name) => (
            <mark key={name}>
              <bdi>{name}</bdi>
            </mark>
          ))}
        </p>
      )}
      {proposal.refused.map((why) => (
        <p key={why} data-tone="warn" dir="auto">
          <Exact text={why} />
        </p>
      ))}
    </>
  );
}

/** The plan that was shown is the plan that is proposed: it is not planned a second time. */
function requestOf(proposal: PlanProposal, sentence: string, inputs: Record<string, unknown>) {
  if (proposal.playbook !== null) return { playbook: proposal.playbook, inputs };
  return { plan: proposal.plan_text ?? "", inputs, source: sentence };
}
