/** The questions in their groups, and the chosen one beside them. */
import { useMediaQuery } from "@mantine/hooks";
import type { TFunction } from "i18next";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { bind } from "../../actions/action";
import { useHands, useShortcuts } from "../../actions/use-actions";
import { useApprovalIsOpen } from "../../actions/use-approval-is-open";
import type { ApprovalView } from "../../backend/views";
import { KeyHints } from "../../components/keys";
import { useNotices } from "../../components/notices";
import { approve, type InboxPlace, next, open, previous, reject, skip, tryAgain } from "./actions";
import type { Group } from "./groups";
import styles from "./inbox-list.module.css";
import { InboxPeek } from "./inbox-peek";
import { InboxRow } from "./inbox-row";

const GUARD_MS = 600;

interface InboxListProps {
  groups: readonly Group[];
  selected: string | undefined;
  onSelect(id: string | undefined): void;
}

export function InboxList({ groups, selected, onSelect }: InboxListProps) {
  const { t } = useTranslation();
  const hands = useHands();
  const { tell } = useNotices();
  const wide = useMediaQuery("(min-width: 1001px)");
  const items = groups.flatMap((group) => group.items);
  const chosen = items.find((item) => item.id === selected) ?? (wide ? items[0] : undefined);
  const place: InboxPlace = {
    items,
    chosen,
    shown: useShownLongEnough(chosen?.id) && wide === true,
    select: onSelect,
    answered: (approval) => {
      tell(t("approval.answered_approved", { summary: approval.summary }));
      goOn(approval);
    },
  };
  // The cursor goes to the next one.
  const goOn = (approval: ApprovalView) => {
    const at = items.indexOf(approval);
    onSelect((items[at + 1] ?? items[at - 1])?.id);
  };
  const covered = useApprovalIsOpen();
  const answers =
    chosen?.kind === "failed"
      ? [tryAgain, skip, reject]
      : chosen?.kind === "question"
        ? []
        : [approve, reject];
  useShortcuts(
    [next, previous, open, ...answers].map((action) => bind(action, place, hands)),
    !covered,
  );
  return (
    <div className={styles.columns}>
      <div className={styles.main}>
        <div className={styles.scroller}>
          {groups.map((group) => (
            <section key={group.name} aria-label={t(`inbox.${group.name}`)}>
              <h2 className={styles.group}>
                {t(`inbox.${group.name}`)} <span className={styles.count}>{group.items.length}</span>
              </h2>
              <ul>
                {group.items.map((item) => (
                  <InboxRow
                    key={item.id}
                    approval={item}
                    chosen={item.id === chosen?.id}
                    onChoose={() => onSelect(item.id)}
                    opens={!wide}
                  />
                ))}
              </ul>
            </section>
          ))}
        </div>
        <KeyHints
          hints={[
            { shortcuts: ["j", "k"], word: t("action.move") },
            { shortcuts: ["enter"], word: t("action.open") },
            ...hintsFor(chosen, t),
          ]}
        />
      </div>
      {wide && chosen !== undefined && (
        <InboxPeek
          key={chosen.id}
          approval={chosen}
          actions={peekActions(chosen).map((action) => bind(action, place, hands))}
          listening={!covered}
          onAnswered={() => goOn(chosen)}
        />
      )}
    </div>
  );
}

function hintsFor(chosen: ApprovalView | undefined, t: TFunction) {
  const no = { shortcuts: ["r"], word: t("action.reject") };
  if (chosen?.kind === "question") {
    const keys = chosen.question?.choices.slice(0, 9).map((_, at) => String(at + 1)) ?? [];
    return keys.length === 0 ? [] : [{ shortcuts: keys, word: t("inbox.reply") }];
  }
  if (chosen?.kind === "failed")
    return [
      { shortcuts: ["a"], word: t("action.try_again") },
      { shortcuts: ["s"], word: t("action.skip") },
      { shortcuts: ["r"], word: t("inbox.give_up") },
    ];
  return [{ shortcuts: ["a"], word: t("action.approve") }, no];
}

/** A question is answered in its own field; everything else by buttons. */
function peekActions({ kind }: ApprovalView) {
  if (kind === "question") return [];
  return kind === "failed" ? [tryAgain, skip, open] : [open, approve];
}

/** Whether the chosen question has stood there long enough not to be answered by accident. */
function useShownLongEnough(id: string | undefined): boolean {
  const [shown, setShown] = useState<string | undefined>(undefined);
  useEffect(() => {
    const timer = setTimeout(() => setShown(id), GUARD_MS);
    return () => clearTimeout(timer);
  }, [id]);
  return id !== undefined && shown === id;
}
