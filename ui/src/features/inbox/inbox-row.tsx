/** One thread in the list. */
import { type ReactNode, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { ApprovalView, ThreadView } from "../../backend/views";
import { Exact } from "../../components/exact";
import { Ago, ClockTime, relative } from "../../components/moment";
import { instant } from "../../lib/span";
import { useNow } from "../../lib/use-now";
import styles from "./inbox-list.module.css";
import { Headline, looks } from "./inbox-words";

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
  const { icon: Icon, tone } = looks[thread.kind];
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
        aria-label={t("inbox.pick", { id: thread.execution.name })}
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
          {thread.approval === null ? (
            <bdi dir="auto">
              <Exact text={thread.execution.title} />
            </bdi>
          ) : (
            <Asked approval={thread.approval} />
          )}
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

/** Where it is asked, whether it can be undone, and until when. */
function Asked({ approval }: { approval: ApprovalView }) {
  const { t, i18n } = useTranslation();
  const now = useNow(10_000);
  const expires = instant(approval.expires_at);
  return (
    <>
      {t("inbox.line", { execution: approval.execution_name, step: approval.step })}.{" "}
      {approval.failure !== null && <>{t(`failure.${approval.failure.class}`)}. </>}
      {approval.kind !== "question" &&
        approval.failure === null &&
        (approval.reversible ? t("inbox.can_undo") : t("inbox.cannot_undo"))}{" "}
      {expires !== null && t("inbox.expires", { when: relative(expires, now, i18n.language, "long") })}
    </>
  );
}
