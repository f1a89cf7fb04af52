/** The briefing by section, each line with its sources; what it costs, and what it lost. */
import { PenLine } from "lucide-react";
import { type ReactNode, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import type { TextKey } from "../../actions/action";
import type { MadeBriefing } from "../../backend/views";
import styles from "./handoff-screen.module.css";
import { LostFacts } from "./lost-facts";
import { type ItemKind, type Place, placeOf, sectionsOf } from "./places";
import { budgets } from "./search";

/** Below this share of what must be kept a handoff is not good enough. */
const FLOOR = 0.9;

/** Sections under their names. */
const titles = {
  goal: "handoff.goal",
  last_request: "handoff.last_request",
  constraint: "handoff.constraint",
  decision: "handoff.decision",
  open_item: "handoff.open_item",
  pinned: "handoff.pinned",
  file: "handoff.file",
  command: "handoff.command",
  error: "handoff.error",
  change: "handoff.change",
  captured: "handoff.captured",
  statement: "handoff.statement",
  shortened: "handoff.shortened",
  kept: "handoff.kept_rule",
  session: "handoff.session_kind",
} as const satisfies Record<ItemKind, TextKey>;

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
        <Coverage made={made} />
      </div>
      <div className={styles.scroller}>
        <Goal goal={goal} onGoal={onGoal} />
        {children}
        <div className={styles.lines}>
          {sectionsOf(made).map(({ kind, items }) => (
            <section key={kind}>
              <h3>{t(titles[kind])}</h3>
              <ul>
                {items.map((item, place) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: lines have no id, and their order is the text's.
                  <li key={place}>
                    <span>
                      {item.by_model === true && (
                        <PenLine
                          size={13}
                          strokeWidth={1.75}
                          className={styles.byModel}
                          role="img"
                          aria-label={t("handoff.by_model")}
                        />
                      )}
                      <Coded text={item.text} />
                    </span>
                    <span className={styles.sources}>
                      {item.sources.map((source) => {
                        const to = placeOf(source.ref, made.sessions);
                        return to === null ? (
                          <code key={source.ref} dir="ltr">
                            {source.ref}
                          </code>
                        ) : (
                          <button
                            key={source.ref}
                            type="button"
                            dir="ltr"
                            aria-label={t("handoff.look", { reference: source.ref })}
                            aria-current={to.at === looked || undefined}
                            onClick={() => onLook(to)}
                          >
                            {source.ref}
                          </button>
                        );
                      })}
                    </span>
                  </li>
                ))}
              </ul>
            </section>
          ))}
        </div>
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

/** A line of the text, with what stands between backticks as code. */
function Coded({ text }: { text: string }) {
  return (
    <bdi dir="auto" className={styles.said}>
      {text.split(/`([^`]+)`/).map((part, place) =>
        // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text.
        place % 2 === 1 ? <code key={place}>{part}</code> : part,
      )}
    </bdi>
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
    <div className={styles.meter}>
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
      <p className={styles.scale} aria-hidden>
        {budgets.map((step) => (
          <span key={step}>{step < 1_000 ? step : `${step / 1_000}k`}</span>
        ))}
      </p>
    </div>
  );
}

function Coverage({ made }: { made: MadeBriefing }) {
  const { t, i18n } = useTranslation();
  const loss = made.coverage.loss;
  if (loss === undefined || loss === null) return null;
  const percent = new Intl.NumberFormat(i18n.language, { style: "percent" });
  const tone = loss.score >= FLOOR ? "well" : "warn";
  return (
    <div className={styles.meter}>
      <p>
        <span>{t("handoff.coverage")}</span>
        <b data-tone={tone} className="num">
          {percent.format(loss.score)}
        </b>
      </p>
      <meter
        min={0}
        max={1}
        low={FLOOR}
        value={loss.score}
        aria-label={t("handoff.coverage")}
        data-tone={tone}
        style={{ "--share": `${loss.score * 100}%`, "--floor": `${FLOOR * 100}%` } as React.CSSProperties}
      />
      <p className={styles.scale}>
        <span>
          {t("handoff.kept", {
            facts: loss.facts_kept,
            of: loss.facts,
            probes: loss.probes_answered,
            of_probes: loss.probes,
          })}
        </span>
        <span>{t("handoff.floor", { floor: percent.format(FLOOR) })}</span>
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
