/** What does not stand in the text. It is put back by leaving out what is said less needed; where even that is not enough, the budget is told with which it would stand there. */
import { Plus, TriangleAlert, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { MadeBriefing } from "../../backend/views";
import { Button } from "../../components/button";
import styles from "./handoff-screen.module.css";
import { type Place, placeOf } from "./places";

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
  // Several questions may want the same fact.
  const lost = [...new Map((made.coverage.loss?.lost ?? []).map((fact) => [fact.text, fact])).values()];
  if (lost.length === 0 && wanted.length === 0) return null;
  return (
    <section className={styles.lost} aria-labelledby="lost">
      <header>
        <h3 id="lost">{t("handoff.lost")}</h3>
        <span className="num small">{lost.length}</span>
        <span className="small faint">
          {t("handoff.left_count", { count: Math.max(0, made.budget - made.tokens) })}
        </span>
      </header>
      <ul>
        {lost.map((fact, place) => {
          const [source] = fact.sources;
          const to = source === undefined ? null : placeOf(source.ref, made.sessions);
          const budget = made.tokens + fact.tokens + 10;
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: facts have no id, and their order is the answer's.
            <li key={place}>
              <TriangleAlert size={14} strokeWidth={1.75} data-tone="warn" aria-hidden />
              {to === null ? (
                <bdi dir="auto">{fact.text}</bdi>
              ) : (
                <button type="button" dir="auto" title={fact.text} onClick={() => onLook(to)}>
                  <bdi>{fact.text}</bdi>
                </button>
              )}
              <span className="small faint num" dir="ltr">
                +{fact.tokens}
              </span>
              {busy || !wanted.includes(fact.text) ? (
                <Button small tone="accent" disabled={busy} onClick={() => onWanted([...wanted, fact.text])}>
                  <Plus size={13} strokeWidth={2} aria-hidden /> {t("handoff.add_back")}
                </Button>
              ) : (
                <Button
                  small
                  disabled={busy}
                  onClick={() => onBudget(Math.max(budget, made.budget + fact.tokens))}
                >
                  {t("handoff.raise", { count: Math.max(budget, made.budget + fact.tokens) })}
                </Button>
              )}
            </li>
          );
        })}
      </ul>
      {wanted.length > 0 && (
        <details>
          <summary className="small">{t("handoff.put_back_count", { count: wanted.length })}</summary>
          <ul>
            {wanted.map((text) => (
              <li key={text}>
                <bdi dir="auto" title={text}>
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
