/** The list of accounts: only the rows on the screen exist, however many there are. */
import { useMediaQuery } from "@mantine/hooks";
import { useVirtualizer } from "@tanstack/react-virtual";
import { CornerDownLeft } from "lucide-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { type Action, bind } from "../../actions/action";
import { type Cursor, cursorMoves } from "../../actions/cursor";
import { useHands, useShortcuts } from "../../actions/use-actions";
import type { AccountView } from "../../backend/views";
import { KeyHints } from "../../components/keys";
import { AccountRow } from "./account-row";
import styles from "./accounts-table.module.css";

const ROW_HEIGHT = 52;
/** Without room for columns a row is its name and its state, and below them its windows. */
const NARROW_ROW_HEIGHT = 96;

interface AccountsTableProps {
  items: readonly AccountView[];
  selected: string | undefined;
  onSelect(id: string | undefined): void;
}

export function AccountsTable({ items, selected, onSelect }: AccountsTableProps) {
  const { t } = useTranslation();
  const narrow = useMediaQuery("(max-width: 900px)");
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => (narrow ? NARROW_ROW_HEIGHT : ROW_HEIGHT),
    overscan: 8,
    getItemKey: (at) => items[at]?.id ?? at,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the sizes are measured anew when the shape of a row changes.
  useEffect(() => rows.measure(), [narrow]);
  const cursor = items.findIndex((each) => each.id === selected);
  const hands = useHands();
  const place: Cursor = {
    count: items.length,
    at: cursor,
    move: (to) => {
      onSelect(items[to]?.id);
      rows.scrollToIndex(to);
    },
  };
  useShortcuts([...moves, open].map((action) => bind(action, place, hands)));
  return (
    <>
      <div ref={scroller} className={styles.scroller}>
        <div role="table" aria-label={t("accounts.title")} aria-rowcount={items.length + 1}>
          <div role="rowgroup" className={styles.headGroup}>
            <div role="row" aria-rowindex={1} className={`${styles.row} ${styles.head}`}>
              <span role="columnheader">{t("accounts.column_account")}</span>
              <span role="columnheader" className={styles.best}>
                {t("accounts.column_best")}
              </span>
              <span role="columnheader">{t("accounts.column_short")}</span>
              <span role="columnheader">{t("accounts.column_long")}</span>
              <span role="columnheader" className={`${styles.credits} ${styles.end}`}>
                {t("accounts.column_credits")}
              </span>
              <span role="columnheader">{t("accounts.column_health")}</span>
              <span role="columnheader" className={styles.end}>
                {t("accounts.column_today")}
              </span>
            </div>
          </div>
          <div role="rowgroup" className={styles.body} style={{ height: rows.getTotalSize() }}>
            {rows.getVirtualItems().map((row) => {
              const account = items[row.index];
              if (account === undefined) return null;
              return (
                <div
                  key={row.key}
                  role="row"
                  aria-rowindex={row.index + 2}
                  className={styles.row}
                  data-account={account.id}
                  data-cursor={row.index === cursor || undefined}
                  style={{ transform: `translateY(${row.start}px)`, height: row.size }}
                >
                  <AccountRow account={account} onOpen={() => onSelect(account.id)} />
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

const moves = cursorMoves("accounts");

/** The first one, where none is open yet. */
const open: Action<Cursor> = {
  id: "accounts.open",
  label: "action.open",
  icon: CornerDownLeft,
  shortcut: "enter",
  enabled: ({ at, count }) => at < 0 && count > 0,
  run: ({ move }) => move(0),
};
