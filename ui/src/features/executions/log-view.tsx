/** What happened, line by line. It follows only while it stands at its end. */
import { useQuery } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ScrollText } from "lucide-react";
import { useLayoutEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { AddressedLine } from "../../backend/queries";
import { useQueries } from "../../backend/use-backend";
import type { ExecutionDetail } from "../../backend/views";
import { Button } from "../../components/button";
import { ErrorState, LoadingRows, PlaceState } from "../../components/place-state";
import { LogFilters, type LogLevel } from "./log-filters";
import { LogRow } from "./log-row";
import styles from "./log-view.module.css";
import { useLiveLines } from "./use-live-lines";

const LINE_HEIGHT = 20;

interface LogViewProps {
  execution: ExecutionDetail;
  selected: string | undefined;
  onSelect(step: string | undefined): void;
  /** The line that the address names. */
  line: string | undefined;
}

export function LogView({ execution, selected, onSelect, line }: LogViewProps) {
  const { t } = useTranslation();
  const [level, setLevel] = useState<LogLevel | null>(null);
  const { data, isError, error, refetch } = useQuery(useQueries().log(execution.execution.id));
  const all = useLiveLines(execution, data);
  const lines = useMemo(
    () =>
      all.filter(
        (line) =>
          (level === null || line.level === level) && (selected === undefined || line.step === selected),
      ),
    [all, level, selected],
  );
  if (data === undefined) {
    return isError ? (
      <ErrorState error={error} onRetry={() => void refetch()} />
    ) : (
      <LoadingRows height={24} />
    );
  }
  return (
    <section className={styles.log} aria-label={t("log.label")}>
      <LogFilters
        level={level}
        onLevel={setLevel}
        steps={execution.steps.map((step) => step.id)}
        step={selected}
        onStep={onSelect}
        count={lines.length}
        dropped={data.dropped}
      />
      {lines.length === 0 ? (
        <PlaceState
          icon={ScrollText}
          title={all.length === 0 ? t("log.empty") : t("log.none_match")}
          text=""
        />
      ) : (
        <Lines key={`${level}${selected}`} lines={lines} named={line} />
      )}
    </section>
  );
}

function Lines({ lines, named }: { lines: readonly AddressedLine[]; named: string | undefined }) {
  const { t } = useTranslation();
  const scroller = useRef<HTMLDivElement>(null);
  // A line that the address names is looked at first; else the end is.
  const [first] = useState(() => lines.findIndex((line) => line.address === named));
  const atEnd = useRef(first === -1);
  // While a person reads above the end: the last line that was there when they left it.
  const [leftAt, setLeftAt] = useState<string | null>(null);
  // The line at the top of what is read; it stays where it is when older ones are let go.
  const anchor = useRef<{ index: number; address: string } | null>(null);
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_HEIGHT,
    overscan: 20,
  });
  const toTheEnd = () => rows.scrollToIndex(lines.length - 1, { align: "end" });
  // biome-ignore lint/correctness/useExhaustiveDependencies: follows when lines came, and only then.
  useLayoutEffect(() => {
    const box = scroller.current;
    if (atEnd.current) return toTheEnd();
    if (box === null || anchor.current === null) return;
    const { index, address } = anchor.current;
    if (lines[index]?.address === address) return;
    const now = lines.findIndex((line) => line.address === address);
    if (now === -1) return;
    anchor.current = { index: now, address };
    box.scrollTop -= (index - now) * LINE_HEIGHT;
  }, [lines]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the lines first stand there.
  useLayoutEffect(() => {
    if (first !== -1) rows.scrollToIndex(first, { align: "center" });
  }, []);
  const onScroll = () => {
    const box = scroller.current;
    if (box === null) return;
    atEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < LINE_HEIGHT * 1.5;
    setLeftAt((before) => (atEnd.current ? null : (before ?? lines.at(-1)?.address ?? null)));
    const top = rows.getVirtualItemForOffset(box.scrollTop)?.index ?? 0;
    const address = lines[top]?.address;
    anchor.current = atEnd.current || address === undefined ? null : { index: top, address };
  };
  const unread =
    leftAt === null ? 0 : lines.length - 1 - lines.findLastIndex((line) => line.address === leftAt);
  return (
    <div className={styles.frame}>
      <div
        ref={scroller}
        className={styles.scroller}
        onScroll={onScroll}
        tabIndex={0}
        role="log"
        aria-label={t("log.label")}
      >
        <ol style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map((row) => {
            const line = lines[row.index];
            return line === undefined ? null : (
              <LogRow
                key={row.key}
                line={line}
                named={line.address === named}
                top={row.start}
                ref={rows.measureElement}
                index={row.index}
              />
            );
          })}
        </ol>
      </div>
      {leftAt !== null && (
        <div className={styles.pill}>
          <Button small tone="accent" icon={ArrowDown} onClick={toTheEnd}>
            {unread > 0 ? t("log.new", { count: unread }) : t("log.to_the_end")}
          </Button>
        </div>
      )}
    </div>
  );
}
