/** What does not stand in the text. It is put back by leaving out what is said less needed; where even that is not enough, the budget is told with which it would stand there. */
import { Plus, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { MadeBriefing } from "../../backend/views";
import { Button } from "../../components/button";
import frame from "./handoff-screen.module.css";
import { LostFact } from "./lost-fact";
import styles from "./lost-facts.module.css";
import { lostOf, type Place } from "./places";

interface LostFactsProps {
  made: MadeBriefing;
  busy: boolean;
  /** What a person put back. */
  wanted: readonly string[];
  onWanted(wanted: readonly string[]): void;
  onBudget(tokens: number): void;
  onLook(place: Place): void;
}

export function LostFacts({ made, busy, wanted, onWanted, onBudget, onLook }: LostFactsProps) {
  const { t } = useTranslation();
  const lost = lostOf(made);
  if (lost.length === 0 && wanted.length === 0) return null;
  return (
    <section className={`${frame.lost} ${styles.lost}`} aria-labelledby="lost">
      <header>
        <h3 id="lost">{t("handoff.lost")}</h3>
        <span className="num small">{lost.length}</span>
        <span className="small faint">
          {t("handoff.left_count", { count: Math.max(0, made.budget - made.tokens) })}
        </span>
      </header>
      <ul>
        {lost.map((fact, place) => {
          const budget = Math.max(made.tokens + fact.tokens + 10, made.budget + fact.tokens);
          return (
            <LostFact
              // biome-ignore lint/suspicious/noArrayIndexKey: facts have no id, and their order is the answer's.
              key={place}
              fact={fact}
              sessions={made.sessions}
              way={(to, text) => (
                <button
                  type="button"
                  dir="auto"
                  title={text}
                  className={styles.text}
                  onClick={() => onLook(to)}
                >
                  <bdi>{text}</bdi>
                </button>
              )}
            >
              {busy || !wanted.includes(fact.text) ? (
                <Button small tone="accent" disabled={busy} onClick={() => onWanted([...wanted, fact.text])}>
                  <Plus size={13} strokeWidth={2} aria-hidden /> {t("handoff.add_back")}
                </Button>
              ) : (
                <Button small disabled={busy} onClick={() => onBudget(budget)}>
                  {t("handoff.raise", { count: budget })}
                </Button>
              )}
            </LostFact>
          );
        })}
      </ul>
      {wanted.length > 0 && (
        <details>
          <summary className="small">{t("handoff.put_back_count", { count: wanted.length })}</summary>
          <ul>
            {wanted.map((text) => (
              <li key={text}>
                <bdi dir="auto" title={text} className={styles.text}>
                  {text}
                </bdi>
                <span>
                  <Button
                    small
                    tone="quiet"
                    disabled={busy}
                    aria-label={t("handoff.take_out_of", { text })}
                    onClick={() => onWanted(wanted.filter((one) => one !== text))}
                  >
                    <X size={13} strokeWidth={2} aria-hidden /> {t("handoff.take_out")}
                  </Button>
                </span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}
