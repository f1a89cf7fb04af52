/** The briefing that is made: what it costs and keeps, its lines, and what it lost. */
import { type ReactNode, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import type { MadeBriefing } from "../../backend/views";
import { BriefingLines } from "./briefing-lines";
import { Coverage } from "./coverage";
import styles from "./handoff-screen.module.css";
import { LostFacts } from "./lost-facts";
import meter from "./meter.module.css";
import type { Place } from "./places";
import { budgets } from "./search";

interface BriefingPaneProps {
  made: MadeBriefing;
  budget: number;
  goal: string | undefined;
  busy: boolean;
  looked: number | undefined;
  /** Lost facts that a person put back. */
  wanted: readonly string[];
  onWanted(wanted: readonly string[]): void;
  onBudget(tokens: number): void;
  onGoal(goal: string | undefined): void;
  onLook(place: Place): void;
  /** Who else may write it. */
  children?: ReactNode;
}

export function BriefingPane({
  made,
  budget,
  goal,
  busy,
  looked,
  wanted,
  onWanted,
  onBudget,
  onGoal,
  onLook,
  children,
}: BriefingPaneProps) {
  const { t } = useTranslation();
  return (
    <section className={styles.briefing} aria-labelledby="briefing" aria-busy={busy}>
      <header className={styles.paneHead}>
        <h2 id="briefing">{t("handoff.briefing")}</h2>
        <span className="small faint">{t("handoff.lines_count", { count: made.items.length })}</span>
      </header>
      <div className={styles.meters}>
        <Budget made={made} budget={budget} onBudget={onBudget} />
        {made.coverage.loss != null && <Coverage loss={made.coverage.loss} />}
      </div>
      <div className={styles.scroller}>
        <Goal goal={goal} onGoal={onGoal} />
        {children}
        <BriefingLines
          items={made.items}
          sessions={made.sessions}
          source={(to, reference) => (
            <button
              type="button"
              dir="ltr"
              aria-label={t("handoff.look", { reference })}
              aria-current={to.at === looked || undefined}
              onClick={() => onLook(to)}
            >
              {reference}
            </button>
          )}
        />
      </div>
      <LostFacts
        made={made}
        busy={busy}
        wanted={wanted}
        onWanted={onWanted}
        onBudget={onBudget}
        onLook={onLook}
      />
    </section>
  );
}

function Budget({
  made,
  budget,
  onBudget,
}: {
  made: MadeBriefing;
  budget: number;
  onBudget(tokens: number): void;
}) {
  const { t, i18n } = useTranslation();
  const id = useId();
  const number = new Intl.NumberFormat(i18n.language);
  const at = budgets.findLastIndex((step) => step <= budget);
  return (
    <div className={meter.meter}>
      <p>
        <label htmlFor={id}>{t("handoff.budget")}</label>
        <span className="num">
          {t("handoff.of_tokens", { tokens: number.format(made.tokens), budget: number.format(budget) })}
        </span>
      </p>
      <input
        id={id}
        type="range"
        min={0}
        max={budgets.length - 1}
        step={1}
        value={Math.max(0, at)}
        aria-valuetext={t("context.tokens_count", { count: budget })}
        onChange={(event) => onBudget(budgets[Number(event.currentTarget.value)] ?? budget)}
      />
      <p className={meter.scale} aria-hidden>
        {budgets.map((step) => (
          <span key={step}>{step < 1_000 ? step : `${step / 1_000}k`}</span>
        ))}
      </p>
    </div>
  );
}

function Goal({ goal, onGoal }: { goal: string | undefined; onGoal(goal: string | undefined): void }) {
  const { t } = useTranslation();
  const [text, setText] = useState(goal ?? "");
  return (
    <form
      className={styles.goal}
      onSubmit={(event) => {
        event.preventDefault();
        onGoal(text.trim() || undefined);
      }}
    >
      <input
        dir="auto"
        aria-label={t("handoff.goal_of_receiver")}
        placeholder={t("handoff.goal_of_receiver")}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onBlur={() => onGoal(text.trim() || undefined)}
      />
    </form>
  );
}
