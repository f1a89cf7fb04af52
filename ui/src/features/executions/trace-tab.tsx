/** The span tree as it would be exported: what ran inside of what, when and how long. */
import { useQuery } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { CircleCheck, CircleDot, CircleX } from "lucide-react";
import { useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useQueries } from "../../backend/use-backend";
import type { SpanView } from "../../backend/views";
import { CopyButton } from "../../components/copy-button";
import { ExactFields } from "../../components/exact";
import { Span } from "../../components/moment";
import { ErrorState, LoadingRows } from "../../components/place-state";
import { instant } from "../../lib/span";
import { useNow } from "../../lib/use-now";
import type { TabBody } from "./context-tab";
import { type SpanRow, spanRows } from "./span-rows";
import styles from "./trace-tab.module.css";

const looks = {
  ok: { icon: CircleCheck, tone: "well" },
  error: { icon: CircleX, tone: "bad" },
  unset: { icon: CircleDot, tone: "run" },
} as const;

export function TraceTab({ id, onSelect }: TabBody) {
  const { t } = useTranslation();
  const { data, isError, error, refetch } = useQuery(useQueries().trace(id));
  const rows = useMemo(() => spanRows(data?.spans ?? []), [data]);
  if (data === undefined) {
    return isError ? (
      <ErrorState error={error} onRetry={() => void refetch()} />
    ) : (
      <LoadingRows height={32} />
    );
  }
  return (
    <div className={styles.trace}>
      <p className={styles.head}>
        <span className="faint">{t("detail.trace_id")}</span> <code>{data.trace_id}</code>
        <CopyButton text={data.trace_id} quiet />
      </p>
      <Tree rows={rows} onStep={onSelect} />
    </div>
  );
}

const ROW = 28;

function Tree({ rows, onStep }: { rows: readonly SpanRow[]; onStep(step: string): void }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState<string | null>(null);
  const list = useRef<HTMLUListElement>(null);
  const running = rows.some(({ span }) => span.ended_at === null);
  const now = useNow(running ? 1_000 : 60_000);
  const times = rows.map(
    ({ span }) => [instant(span.started_at) ?? now, instant(span.ended_at) ?? now] as const,
  );
  const start = Math.min(...times.map(([from]) => from));
  const length = Math.max(1, Math.max(...times.map(([, to]) => to)) - start);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => list.current?.closest<HTMLElement>("[role=tabpanel]") ?? null,
    estimateSize: () => ROW,
    overscan: 12,
  });
  return (
    <ul
      ref={list}
      className={styles.rows}
      style={{ height: virtual.getTotalSize() }}
      aria-label={t("detail.trace")}
    >
      {virtual.getVirtualItems().map((item) => {
        const row = rows[item.index];
        const time = times[item.index];
        if (row === undefined || time === undefined) return null;
        return (
          <li
            key={row.span.span_id}
            ref={virtual.measureElement}
            data-index={item.index}
            style={{ transform: `translateY(${item.start}px)` }}
          >
            <Line
              row={row}
              left={((time[0] - start) / length) * 100}
              width={((time[1] - time[0]) / length) * 100}
              open={open === row.span.span_id}
              onOpen={() => setOpen(open === row.span.span_id ? null : row.span.span_id)}
            />
            {open === row.span.span_id && <Attributes span={row.span} onStep={onStep} />}
          </li>
        );
      })}
    </ul>
  );
}

interface LineProps {
  row: SpanRow;
  left: number;
  width: number;
  open: boolean;
  onOpen(): void;
}

function Line({ row: { span, depth }, left, width, open, onOpen }: LineProps) {
  const { icon: Icon, tone } = looks[span.status];
  return (
    <button type="button" className={styles.line} aria-expanded={open} onClick={onOpen}>
      <span className={styles.name} style={{ paddingInlineStart: depth * 16 }}>
        <Icon size={12} data-tone={tone} aria-hidden />
        <bdi className="cut">{span.name}</bdi>
      </span>
      <span className={styles.track} dir="ltr" aria-hidden>
        <i data-tone={tone} style={{ left: `${left}%`, width: `max(2px, ${width}%)` }} />
      </span>
      <span className={`${styles.took} num`}>
        <Span from={span.started_at} to={span.ended_at} />
      </span>
    </button>
  );
}

function Attributes({ span, onStep }: { span: SpanView; onStep(step: string): void }) {
  const { t } = useTranslation();
  const step = span.attributes["krake.step"];
  return (
    <div className={styles.attributes}>
      <ExactFields value={{ span_id: span.span_id, ...span.attributes }} />
      {typeof step === "string" && (
        <button type="button" className={styles.step} onClick={() => onStep(step)}>
          {t("detail.to_step", { step })}
        </button>
      )}
    </div>
  );
}
