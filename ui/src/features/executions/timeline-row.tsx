/** One step on the axis: its bars, and behind them what cannot be drawn. */
import { useTranslation } from "react-i18next";
import type { Say } from "../../actions/action";
import type { StepView } from "../../backend/views";
import { StatusIcon } from "../../components/status";
import { spanText } from "../../lib/span";
import type { Stretch } from "./time-of-steps";
import styles from "./timeline-view.module.css";

interface TimelineRowProps {
  step: StepView;
  stretches: readonly Stretch[];
  scale: { start: number; length: number };
  top: number;
  height: number;
  selected: boolean;
  onSelect(): void;
}

export function TimelineRow({ step, stretches, scale, top, height, selected, onSelect }: TimelineRowProps) {
  const { t, i18n } = useTranslation();
  const place = (at: number) => ((at - scale.start) / scale.length) * 100;
  const end = stretches.at(-1);
  const fits = (words: string, stretch: Stretch) => widthOf(stretch) > words.length * 0.62 + 1.5;
  const widthOf = (stretch: Stretch) => place(stretch.to) - place(stretch.from);
  // A bar too short for its words has them behind it, where nothing else follows.
  const behind =
    end === undefined || fits(wordsOf(end, t, i18n.language), end) ? null : wordsOf(end, t, i18n.language);
  // What the bar's own words say already is not said again behind them.
  const last = endLabel(step, t);
  const said = behind !== null && end?.kind === "failed" && step.status === "failed";
  const label = [behind, said ? null : last].filter((part) => part !== null).join(" · ");
  return (
    <li
      className={styles.row}
      data-selected={selected || undefined}
      style={{ transform: `translateY(${top}px)`, height }}
    >
      <button type="button" className={styles.step} data-step={step.id} onClick={onSelect}>
        <StatusIcon status={step.status} />
        <bdi className="cut">{step.name === "" ? step.id : step.name}</bdi>
        <span className="unseen">{t(`status.${step.status}`)}</span>
      </button>
      <div dir="ltr" className={styles.track}>
        {stretches.map((stretch) => {
          const width = widthOf(stretch);
          const words = wordsOf(stretch, t, i18n.language);
          return (
            <span
              key={`${stretch.kind}${stretch.from}`}
              className={styles.bar}
              data-kind={stretch.kind}
              data-tone={toneOf(stretch, step)}
              data-critical={step.critical || undefined}
              style={{ left: `${place(stretch.from)}%`, width: `max(3px, ${width}%)` }}
              title={words}
            >
              {/* A word that does not fit would only be noise; it stands in the title. */}
              {fits(words, stretch) && <span dir="auto">{words}</span>}
            </span>
          );
        })}
        {label !== "" && (
          <span
            className={styles.label}
            dir="auto"
            // A bar is drawn at least 3 px wide, with its edges; the label keeps clear of what is drawn.
            style={{
              left: end === undefined ? 8 : `max(${place(end.to)}% + 8px, ${place(end.from)}% + 14px)`,
            }}
          >
            {label}
          </span>
        )}
      </div>
    </li>
  );
}

function wordsOf(stretch: Stretch, t: Say, language: string): string {
  const span = spanText(stretch.to - stretch.from, language);
  if (stretch.kind === "approval") {
    return stretch.open ? t("timeline.still_waiting", { span }) : t("timeline.waited", { span });
  }
  if (stretch.kind === "retry") return `${span} · ${t("status.waiting_retry")}`;
  return stretch.kind === "failed" ? `${span} · ${t("outcome.failed")}` : span;
}

function endLabel(step: StepView, t: Say): string | null {
  switch (step.status) {
    case "pending":
    case "ready":
      return step.needs.length === 0
        ? t(`status.${step.status}`)
        : t("timeline.needs", { steps: step.needs.join(", ") });
    case "skipped":
    case "failed":
    case "cancelled":
    case "cancelled_unknown":
      return t(`status.${step.status}`);
    default:
      return null;
  }
}

function toneOf(stretch: Stretch, step: StepView): string {
  if (stretch.kind === "approval") return "wait";
  if (stretch.kind === "retry") return "warn";
  if (stretch.kind === "failed") return step.status === "failed" ? "bad" : "warn";
  return stretch.open ? "run" : "well";
}
