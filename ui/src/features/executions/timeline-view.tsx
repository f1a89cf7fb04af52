/** The steps on one axis of time: what ran, what waited and for what, and the critical path. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { Hand, Hourglass } from "lucide-react";
import { useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Stretch as StretchText } from "../../components/moment";
import { instant, spanText, ticks } from "../../lib/span";
import { useNow } from "../../lib/use-now";
import type { StepsBody } from "./steps-table";
import { stretchesOf, timeSpent } from "./time-of-steps";
import { TimelineRow } from "./timeline-row";
import styles from "./timeline-view.module.css";
import { useStepKeys } from "./use-step-keys";

const ROW_HEIGHT = 40;

export function TimelineView({ execution, selected, onSelect }: StepsBody) {
  const { t } = useTranslation();
  const { steps } = execution;
  const { started_at, ended_at } = execution.execution;
  const running = ended_at === null;
  const clock = useNow(running ? 1_000 : 60_000);
  const now = instant(ended_at) ?? clock;
  const start = instant(started_at) ?? now;
  const rows = useMemo(
    () => steps.map((step) => ({ step, stretches: stretchesOf(step, now) })),
    [steps, now],
  );
  const length = Math.max(
    1,
    ...rows.flatMap((row) => row.stretches.map((each) => each.to - start)),
    now - start,
  );
  // A little room after the end, for the labels that stand behind the bars.
  const scale = { start, length: length * 1.12 };
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 8,
  });
  useStepKeys({ ids: steps.map((step) => step.id), selected, onSelect });
  const all = rows.flatMap((row) => row.stretches);
  // A mark beside "now" would be written over it.
  const marks = ticks(scale.length, 7).filter(
    (at) => !running || Math.abs(at - (now - start)) > scale.length * 0.06,
  );
  const place = (at: number) => `${(at / scale.length) * 100}%`;
  return (
    <div ref={scroller} className={styles.scroller}>
      <div className={styles.axis} aria-hidden>
        <span>{t("step.step")}</span>
        <div dir="ltr">
          {marks.map((at) => (
            <em key={at} style={{ left: place(at) }}>
              {at === 0 ? "0" : spanText(at, "en")}
            </em>
          ))}
          {running && <b style={{ left: place(now - start) }}>{t("timeline.now")}</b>}
        </div>
      </div>
      <ol className={styles.rows} style={{ height: virtual.getTotalSize() }} aria-label={t("timeline.label")}>
        <li className={styles.grid} role="presentation" aria-hidden>
          <div dir="ltr">
            {ticks(scale.length, 7).map((at) => (
              <i key={at} style={{ left: place(at) }} />
            ))}
            {running && <i className={styles.now} style={{ left: place(now - start) }} />}
          </div>
        </li>
        {virtual.getVirtualItems().map((item) => {
          const row = rows[item.index];
          if (row === undefined) return null;
          return (
            <TimelineRow
              key={row.step.id}
              {...row}
              scale={scale}
              top={item.start}
              height={item.size}
              selected={row.step.id === selected}
              onSelect={() => onSelect(row.step.id === selected ? undefined : row.step.id)}
            />
          );
        })}
      </ol>
      <footer className={styles.legend}>
        <span>
          <i className={styles.critical} aria-hidden />
          {t("timeline.critical")}
        </span>
        <Spent icon={Hand} tone="wait" word={t("timeline.waiting")} ms={timeSpent("approval", all)} />
        <Spent icon={Hourglass} tone="warn" word={t("status.waiting_retry")} ms={timeSpent("retry", all)} />
      </footer>
    </div>
  );
}

interface SpentProps {
  icon: typeof Hand;
  tone: "wait" | "warn";
  word: string;
  ms: number;
}

function Spent({ icon: Icon, tone, word, ms }: SpentProps) {
  if (ms === 0) return null;
  return (
    <span>
      <Icon size={12} data-tone={tone} aria-hidden />
      {word}
      <b data-tone={tone}>
        <StretchText ms={ms} />
      </b>
    </span>
  );
}
