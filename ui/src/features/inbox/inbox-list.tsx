/** The threads in their groups, and the chosen one beside them. */
import { useMediaQuery } from "@mantine/hooks";
import { type ReactNode, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { bind } from "../../actions/action";
import { useHands, useShortcuts } from "../../actions/use-actions";
import { useApprovalIsOpen } from "../../actions/use-approval-is-open";
import type { ThreadView } from "../../backend/views";
import { ActionButton } from "../../components/button";
import { Dialog } from "../../components/dialog";
import { KeyHints } from "../../components/keys";
import { useNotices } from "../../components/notices";
import { instant } from "../../lib/span";
import { rerun } from "../executions/actions";
import { partsSaid } from "../handoff/part-lines";
import { type InboxPlace, moves, open } from "./actions";
import { type DraftPlace, handOver } from "./draft-actions";
import type { Group } from "./groups";
import { answersFor, draftAnswersFor, peekActions } from "./inbox-answers";
import { hintsFor } from "./inbox-hints";
import styles from "./inbox-list.module.css";
import { InboxPeek } from "./inbox-peek";
import { InboxRow } from "./inbox-row";
import { headline } from "./inbox-words";
import { RejectDraft } from "./reject-draft";
import { SnoozeMenu } from "./snooze-menu";
import { clear, done, pick, putBack, snooze, type Undo, wake } from "./triage";
import { useTriage } from "./use-triage";

const GUARD_MS = 600;

interface InboxListProps {
  groups: readonly Group[];
  selected: string | undefined;
  /** The selected one is looked at, also where there is no room for it beside the list. */
  look: boolean;
  onSelect(id: string | undefined, look?: boolean): void;
  /** Something was done that can be taken back. */
  onUndoable(step: Undo): void;
}

export function InboxList({ groups, selected, look, onSelect, onUndoable }: InboxListProps) {
  const { t } = useTranslation();
  const hands = useHands();
  const { tell } = useNotices();
  const wide = useMediaQuery("(min-width: 1001px)", undefined, { getInitialValueInEffect: false });
  const items = groups.flatMap((group) => group.items);
  // The cursor begins at what waits for an answer.
  const first = groups.find(({ name }) => name === "waiting")?.items[0] ?? items[0];
  const chosen = items.find((item) => item.id === selected) ?? (wide ? first : undefined);
  // The cursor goes to the next one.
  const goOn = (gone: readonly ThreadView[]) => {
    const at = chosen === undefined ? -1 : items.indexOf(chosen);
    const stays = (item: ThreadView) => !gone.includes(item);
    if (chosen !== undefined && stays(chosen)) return;
    onSelect((items.slice(at + 1).find(stays) ?? items.slice(0, Math.max(at, 0)).findLast(stays))?.id);
  };
  const peeked = wide === true || look ? chosen : undefined;
  const place: InboxPlace = {
    items,
    chosen,
    shown: useShownLongEnough(peeked?.id),
    look: (thread) => onSelect(thread.id, true),
    answered: (thread) => {
      tell(t("approval.answered_approved", { summary: headline(thread, t) }));
      goOn([thread]);
    },
  };
  const [refusing, setRefusing] = useState(false);
  const drafts: DraftPlace = {
    chosen,
    shown: place.shown,
    handedOver: (thread, sent) => {
      tell(`${partsSaid(sent.parts, t)} ${t("inbox.undo_hint")}`);
      onUndoable(async ({ transport }) => void (await transport.call("handoffs.withdraw", { id: sent.id })));
      goOn([thread]);
    },
    takenBack: (thread) => {
      tell(t("inbox.was_taken_back", { title: headline(thread, t) }));
      goOn([thread]);
    },
    askWhy: () => setRefusing(true),
    look: place.look,
  };
  const triage = useTriage(items, chosen, (threads) => {
    onUndoable((backend) => putBack(threads, backend));
    goOn(threads);
  });
  const covered = useApprovalIsOpen();
  const listening = !covered && !triage.asking && !refusing;
  const rows = [pick, snooze, done, clear].map((action) => bind(action, triage.place, hands));
  const answers = [
    ...answersFor(chosen).map((action) => bind(action, place, hands)),
    ...draftAnswersFor(chosen).map((action) => bind(action, drafts, hands)),
  ];
  const again =
    chosen?.kind === "failed" && chosen.execution !== null
      ? [bind(rerun, { execution: chosen.execution, from: undefined }, hands)]
      : [];
  const cursor = {
    count: items.length,
    at: chosen === undefined ? -1 : items.indexOf(chosen),
    move: (to: number) => onSelect(items[to]?.id),
  };
  const steps = [...moves.map((action) => bind(action, cursor, hands)), bind(open, place, hands)];
  useShortcuts([...steps, ...answers, ...again, ...rows], listening);
  const several = triage.picked.size > 0;
  const menu = (
    <SnoozeMenu
      action={bind(snooze, triage.place, hands)}
      opened={triage.asking}
      reset={several ? null : instant(chosen?.draft?.resets_at ?? null)}
      onClose={triage.stopAsking}
      onChoose={(at) => void triage.snooze(at, hands.backend)}
    />
  );
  const doneButton = bind(done, triage.place, hands);
  // What an account that ran out waits for is one click, in its row as well.
  const next = chosen?.kind === "ran_out" && chosen.waits ? bind(handOver, drafts, hands) : undefined;
  const wakes = bind(wake, triage.place, hands);
  return (
    <div className={styles.columns}>
      <div className={styles.main}>
        {several && (
          <div
            className={styles.bar}
            role="toolbar"
            aria-label={t("inbox.picked", { count: triage.picked.size })}
          >
            <b>{t("inbox.picked", { count: triage.picked.size })}</b>
            <ActionButton action={doneButton} icon={false} keys small />
            {menu}
            {wakes.enabled && <ActionButton action={wakes} icon={false} small />}
            <ActionButton action={bind(clear, triage.place, hands)} tone="quiet" icon={false} keys small />
          </div>
        )}
        <div className={styles.scroller} data-picking={several || undefined}>
          {groups.map((group) => (
            <section key={group.name} aria-label={t(`inbox.${group.name}`)}>
              <h2 className={styles.group} data-group={group.name}>
                {t(`inbox.${group.name}`)} <span className={styles.count}>{group.items.length}</span>
              </h2>
              <ul>
                {group.items.map((item) => (
                  <InboxRow
                    key={item.id}
                    thread={item}
                    chosen={item.id === chosen?.id}
                    picked={triage.picked.has(item.id)}
                    asleep={group.name === "snoozed"}
                    onChoose={() => onSelect(item.id)}
                    onOpen={() => void open.run({ ...place, chosen: item }, hands)}
                    onPick={() => triage.place.pick(item)}
                    opens={!wide}
                  >
                    {item.id === chosen?.id && !several && (
                      <>
                        {next?.enabled === true ? (
                          <ActionButton action={next} tone="accent" icon={false} keys small />
                        ) : (
                          doneButton.enabled && <ActionButton action={doneButton} icon={false} keys small />
                        )}
                        {menu}
                      </>
                    )}
                  </InboxRow>
                ))}
              </ul>
            </section>
          ))}
        </div>
        <KeyHints
          hints={[
            { shortcuts: ["j", "k"], word: t("action.move") },
            { shortcuts: ["enter"], word: t("inbox.key_open") },
            ...hintsFor(chosen, t),
            { shortcuts: ["x"], word: t("inbox.key_pick") },
            { shortcuts: ["z"], word: t("inbox.key_undo") },
          ]}
        />
      </div>
      {peeked !== undefined && (
        <Beside over={wide !== true} thread={peeked} onClose={() => onSelect(peeked.id)}>
          <InboxPeek
            key={peeked.id}
            thread={peeked}
            actions={[
              ...draftAnswersFor(peeked).map((action) => bind(action, drafts, hands)),
              ...peekActions(peeked).map((action) => bind(action, place, hands)),
              ...again,
              ...(wakes.enabled && !several ? [wakes] : []),
            ]}
            listening={listening}
            asked={look}
            onAnswered={() => goOn([peeked])}
          />
        </Beside>
      )}
      {refusing && chosen?.draft != null && (
        <RejectDraft
          draft={chosen.draft}
          onClose={() => setRefusing(false)}
          onRejected={() => {
            setRefusing(false);
            tell(t("inbox.was_rejected", { title: headline(chosen, t) }));
            goOn([chosen]);
          }}
        />
      )}
    </div>
  );
}

interface BesideProps {
  /** There is no room beside the list. */
  over: boolean;
  thread: ThreadView;
  onClose(): void;
  children: ReactNode;
}

/** The chosen thread beside the list, or over it in a narrow window. */
function Beside({ over, thread, onClose, children }: BesideProps) {
  const { t } = useTranslation();
  if (!over) return children;
  return (
    <Dialog title={headline(thread, t)} size={560} onClose={onClose}>
      <div className={styles.over}>{children}</div>
    </Dialog>
  );
}

/** Whether the chosen question has stood there long enough not to be answered by accident. */
function useShownLongEnough(id: string | undefined): boolean {
  const [shown, setShown] = useState<string | undefined>(undefined);
  useEffect(() => {
    const timer = setTimeout(() => setShown(id), GUARD_MS);
    return () => {
      clearTimeout(timer);
      // What is shown anew is seen anew.
      setShown(undefined);
    };
  }, [id]);
  return id !== undefined && shown === id;
}
