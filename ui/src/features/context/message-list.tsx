/** The messages of a session, drawn where they are looked at and fetched page by page around that. */
import { useQueries as useMany } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useLayoutEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { MESSAGE_PAGE } from "../../backend/queries";
import { useQueries } from "../../backend/use-backend";
import type { MessageView, SessionView } from "../../backend/views";
import styles from "./message-list.module.css";
import { MessageRow } from "./message-row";

const GUESS = 44;

interface MessageListProps {
  id: SessionView["id"];
  count: number;
  /** The position that the address names. */
  at: number | undefined;
  /** Positions that a briefing kept, each with the lines that cite it. */
  kept?: ReadonlyMap<number, readonly string[]>;
}

export function MessageList({ id, count, at, kept }: MessageListProps) {
  const { t } = useTranslation();
  const queries = useQueries();
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => GUESS,
    overscan: 12,
  });
  const drawn = rows.getVirtualItems();
  const first = Math.floor((drawn[0]?.index ?? 0) / MESSAGE_PAGE);
  const last = Math.floor((drawn.at(-1)?.index ?? 0) / MESSAGE_PAGE);
  const pages = useMany({
    queries: Array.from({ length: last - first + 1 }, (_, nth) => queries.messages(id, first + nth)),
  });
  const known = new Map<number, MessageView>();
  for (const page of pages)
    for (const message of page.data?.items ?? []) known.set(message.position, message);
  const isHere = at !== undefined && known.has(at);
  // biome-ignore lint/correctness/useExhaustiveDependencies: when the address names another message, and once more when what lies around it has its size.
  useLayoutEffect(() => {
    if (at === undefined) return;
    const target = Math.min(at, count - 1);
    rows.scrollToIndex(target, { align: "center" });
    const later = requestAnimationFrame(() => rows.scrollToIndex(target, { align: "center" }));
    return () => cancelAnimationFrame(later);
  }, [at, isHere]);
  return (
    <div
      ref={scroller}
      className={styles.scroller}
      tabIndex={0}
      role="group"
      aria-label={t("context.messages")}
    >
      <ol style={{ height: rows.getTotalSize() }}>
        {drawn.map((row) => (
          <MessageRow
            key={row.key}
            id={id}
            position={row.index}
            message={known.get(row.index)}
            named={row.index === at}
            kept={kept?.get(row.index)}
            top={row.start}
            ref={rows.measureElement}
          />
        ))}
      </ol>
    </div>
  );
}
