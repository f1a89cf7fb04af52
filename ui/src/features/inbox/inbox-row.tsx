/** One thread in the list. */
import { type ReactNode, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { ThreadView } from "../../backend/views";
import { Ago, ClockTime } from "../../components/moment";
import { InboxLine } from "./inbox-line";
import styles from "./inbox-list.module.css";
import { Headline, headline, lookOf } from "./inbox-words";

interface InboxRowProps {
  thread: ThreadView;
  chosen: boolean;
  picked: boolean;
  asleep: boolean;
  /** There is no room beside the list, so choosing opens. */
  opens: boolean;
  /** What can be done with it, where it is chosen. */
  children?: ReactNode;
  onChoose(): void;
  onOpen(): void;
  onPick(): void;
}

export function InboxRow(props: InboxRowProps) {
  const { thread, chosen, picked, asleep, opens, children, onChoose, onOpen, onPick } = props;
  const { t } = useTranslation();
  const row = useRef<HTMLLIElement>(null);
  const { icon: Icon, tone } = lookOf(thread);
  useEffect(() => {
    if (chosen) row.current?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  return (
    <li
      ref={row}
      className={styles.row}
      data-chosen={chosen || undefined}
      data-picked={picked || undefined}
      data-asleep={asleep || undefined}
    >
      <input
        type="checkbox"
        className={styles.pick}
        checked={picked}
        onChange={onPick}
        aria-label={t("inbox.pick", { id: headline(thread, t) })}
      />
      <span className={styles.kind} data-tone={asleep ? "idle" : tone}>
        <Icon size={16} strokeWidth={1.75} aria-hidden />
        <span>{t(`inbox.${thread.kind}`)}</span>
      </span>
      <button
        type="button"
        className={styles.what}
        aria-current={chosen || undefined}
        data-thread-row={thread.id}
        data-approval-row={thread.approval?.id}
        onClick={opens ? onOpen : onChoose}
        onDoubleClick={onOpen}
      >
        <span className={styles.summary}>
          <Headline thread={thread} />
        </span>
        <span className={styles.line}>
          <InboxLine thread={thread} />
        </span>
      </button>
      <span className={styles.asked}>
        {asleep && thread.snoozed_until !== null ? (
          <>
            {t("inbox.until")} <ClockTime at={thread.snoozed_until} />
          </>
        ) : (
          <Ago at={thread.since} />
        )}
      </span>
      {children !== undefined && <span className={styles.hands}>{children}</span>}
    </li>
  );
}
