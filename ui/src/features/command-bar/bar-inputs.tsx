/** What a playbook wants to know, then its plan: proposed, to be looked at. */
import { ArrowLeft } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useHands } from "../../actions/use-actions";
import type { PlaybookSummary } from "../../backend/views";
import { IconButton } from "../../components/button";
import { Exact } from "../../components/exact";
import { InputsForm } from "../plan/inputs-form";
import { propose } from "../plan/propose";
import styles from "./command-bar.module.css";

interface BarInputsProps {
  playbook: PlaybookSummary;
  onBack(): void;
  onDone(): void;
}

export function BarInputs({ playbook, onBack, onDone }: BarInputsProps) {
  const { t } = useTranslation();
  const hands = useHands();
  return (
    <section className={styles.stage} aria-label={playbook.name}>
      <header className={styles.stageHead}>
        <IconButton icon={ArrowLeft} label={t("action.back")} onClick={onBack} className="mirror" />
        <h2>
          <bdi>{playbook.name}</bdi>
        </h2>
        <span className="quiet cut" dir="auto">
          <Exact text={playbook.description} />
        </span>
      </header>
      <div className={styles.form}>
        <InputsForm
          schemas={playbook.inputs}
          submit={t("plan.look")}
          onSubmit={async (inputs) => {
            await propose(hands, { playbook: playbook.name, inputs });
            onDone();
          }}
        />
      </div>
    </section>
  );
}
