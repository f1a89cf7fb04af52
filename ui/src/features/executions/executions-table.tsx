/** The list of executions: only the rows on the screen exist, however long it is. */
import { useMediaQuery } from "@mantine/hooks";
import { useVirtualizer } from "@tanstack/react-virtual";
import { CornerDownLeft } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Action, bind } from "../../actions/action";
import { type Cursor, cursorMoves } from "../../actions/cursor";
import { useHands, useShortcuts } from "../../actions/use-actions";
import type { ExecutionSummary } from "../../backend/views";
import { KeyHints } from "../../components/keys";
import { ExecutionRow } from "./execution-row";
import styles from "./executions-table.module.css";

const ROW_HEIGHT = 52;
/** Without room for columns a row is two lines and its state. */
const NARROW_ROW_HEIGHT = 76;

interface ExecutionsTableProps {
  items: readonly ExecutionSummary[];
  hasMore: boolean;
  onMore(): void;
}

export function ExecutionsTable({ items, hasMore, onMore }: ExecutionsTableProps) {
  const { t } = useTranslation();
  const narrow = useMediaQuery("(max-width: 700px)");
  const scroller = useRef<HTMLDivElement>(null);
  const count = items.length + (hasMore ? 1 : 0);
  const rows = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => (narrow ? NARROW_ROW_HEIGHT : ROW_HEIGHT),
    overscan: 8,
    getItemKey: (at) => items[at]?.id ?? "more",
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the sizes are measured anew when the shape of a row changes.
  useEffect(() => rows.measure(), [narrow]);
  const shown = rows.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && last >= items.length - 20) onMore();
  }, [hasMore, last, items.length, onMore]);
  const { cursor } = useCursor(items, (at) => rows.scrollToIndex(at));
  return (
    <>
      <div ref={scroller} className={styles.scroller}>
        <div
          role="table"
          aria-label={t("executions.title")}
          aria-rowcount={hasMore ? -1 : items.length + 1}
          className={styles.table}
        >
          <div role="rowgroup" className={styles.headGroup}>
            <div role="row" aria-rowindex={1} className={`${styles.row} ${styles.head}`}>
              <span role="columnheader">{t("executions.column_status")}</span>
              <span role="columnheader">{t("executions.column_what")}</span>
              <span role="columnheader">{t("executions.column_progress")}</span>
              <span role="columnheader">{t("executions.column_started")}</span>
              <span role="columnheader">{t("executions.column_duration")}</span>
            </div>
          </div>
          <div role="rowgroup" className={styles.body} style={{ height: rows.getTotalSize() }}>
            {shown.map((row) => {
              const execution = items[row.index];
              return (
                <div
                  key={row.key}
                  role="row"
                  aria-rowindex={row.index + 2}
                  className={styles.row}
                  data-cursor={row.index === cursor || undefined}
                  style={{ transform: `translateY(${row.start}px)`, height: row.size }}
                >
                  {execution === undefined ? (
                    <span role="cell" className={styles.more}>
                      {t("executions.more")}
                    </span>
                  ) : (
                    <ExecutionRow execution={execution} />
                  )}
                </div>
              );
            })}
          </div>
        </div>
      </div>
      <KeyHints
        hints={[
          { shortcuts: ["j", "k"], word: t("action.move") },
          { shortcuts: ["enter"], word: t("action.open") },
        ]}
      />
    </>
  );
}

const moves = cursorMoves("executions");

const open: Action<ExecutionSummary | undefined> = {
  id: "executions.open",
  label: "action.open",
  icon: CornerDownLeft,
  shortcut: "enter",
  enabled: (execution) => execution !== undefined,
  run: (execution, { go }) => {
    if (execution !== undefined) go({ place: "execution", id: execution.id });
  },
};

/** Keys move a cursor that stays on its execution while the list changes under it. */
function useCursor(items: readonly ExecutionSummary[], reveal: (at: number) => void) {
  const [id, setId] = useState<string | null>(null);
  const hands = useHands();
  const cursor = useMemo(() => items.findIndex((each) => each.id === id), [items, id]);
  const place: Cursor = {
    count: items.length,
    at: cursor,
    move: (to) => {
      setId(items[to]?.id ?? null);
      reveal(to);
    },
  };
  useShortcuts([...moves.map((action) => bind(action, place, hands)), bind(open, items[cursor], hands)]);
  return { cursor };
}
