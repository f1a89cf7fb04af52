/** The questions in their groups, and the chosen one beside them. */
import { useMediaQuery } from "@mantine/hooks";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { bind } from "../../actions/action";
import { useHands, useShortcuts } from "../../actions/use-actions";
import { useApprovalIsOpen } from "../../actions/use-approval-is-open";
import { KeyHints } from "../../components/keys";
import { useNotices } from "../../components/notices";
import { approve, type InboxPlace, next, open, previous, reject } from "./actions";
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
      const after = items[items.indexOf(approval) + 1] ?? items[items.indexOf(approval) - 1];
      tell(t("approval.answered_approved", { summary: approval.summary }));
      onSelect(after?.id);
    },
  };
  useShortcuts(
    [next, previous, open, approve, reject].map((action) => bind(action, place, hands)),
    !useApprovalIsOpen(),
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
            { shortcuts: ["a"], word: t("action.approve") },
            { shortcuts: ["r"], word: t("action.reject") },
          ]}
        />
      </div>
      {wide && chosen !== undefined && (
        <InboxPeek
          key={chosen.id}
          approval={chosen}
          actions={[open, approve].map((action) => bind(action, place, hands))}
        />
      )}
    </div>
  );
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
