/** What was tried, in order, and how each try ended. */
import { CircleCheck, CirclePlay, CircleX } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { AttemptView, FailureView } from "../../backend/views";
import { Span } from "../../components/moment";
import { FailureWords } from "./failure-words";
import styles from "./step-attempts.module.css";

const looks: Record<AttemptView["outcome"], { icon: typeof CircleX; tone: string }> = {
  running: { icon: CirclePlay, tone: "run" },
  succeeded: { icon: CircleCheck, tone: "well" },
  failed: { icon: CircleX, tone: "bad" },
  interrupted: { icon: CircleX, tone: "warn" },
  cancelled: { icon: CircleX, tone: "idle" },
};

interface StepAttemptsProps {
  attempts: readonly AttemptView[];
  /** Why the step failed: it stands above and is not said again at the attempt that it came from. */
  said: FailureView | null;
}

export function StepAttempts({ attempts, said }: StepAttemptsProps) {
  const { t } = useTranslation();
  return (
    <ol className={styles.attempts}>
      {attempts.map((attempt) => {
        const { icon: Icon, tone } = looks[attempt.outcome];
        return (
          <li key={attempt.number}>
            <Icon size={16} strokeWidth={1.75} data-tone={tone} aria-hidden />
            <span>
              {t("step.attempt", { number: attempt.number })} ·{" "}
              <span data-tone={tone}>{t(`outcome.${attempt.outcome}`)}</span>
            </span>
            <span className="quiet">
              <Span from={attempt.started_at} to={attempt.ended_at} />
            </span>
            {attempt.failure !== null && !isSame(attempt.failure, said) && (
              <div className={styles.why}>
                <FailureWords failure={attempt.failure} />
              </div>
            )}
          </li>
        );
      })}
    </ol>
  );
}

function isSame(one: FailureView, other: FailureView | null): boolean {
  return other !== null && one.class === other.class && one.message === other.message;
}
