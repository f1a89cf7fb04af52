/** The rows of the bar in their groups; the field keeps the focus and names the chosen one. */
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Exact } from "../../components/exact";
import { Keys } from "../../components/keys";
import styles from "./command-bar.module.css";
import type { BarRow, GroupName } from "./rows";

interface BarListProps {
  id: string;
  groups: readonly { name: GroupName; rows: readonly BarRow[] }[];
  chosen: string | undefined;
  onChoose(id: string): void;
  onRun(row: BarRow): void;
  empty: string;
}

export function BarList({ id, groups, chosen, onChoose, onRun, empty }: BarListProps) {
  const { t } = useTranslation();
  return (
    <div id={id} role="listbox" aria-label={t("bar.found")} className={styles.list}>
      {groups.length === 0 && <p className={styles.empty}>{empty}</p>}
      {groups.map(({ name, rows }) => (
        <div key={name} role="group" aria-label={t(`bar.group_${name}`)}>
          <p className={styles.group} aria-hidden>
            {t(`bar.group_${name}`)}
          </p>
          {rows.map((row) => (
            <Option
              key={row.id}
              id={`${id}-${row.id}`}
              row={row}
              chosen={row.id === chosen}
              onChoose={() => onChoose(row.id)}
              onRun={() => onRun(row)}
            />
          ))}
        </div>
      ))}
    </div>
  );
}

interface OptionProps {
  id: string;
  row: BarRow;
  chosen: boolean;
  onChoose(): void;
  onRun(): void;
}

function Option({ id, row, chosen, onChoose, onRun }: OptionProps) {
  const box = useRef<HTMLDivElement>(null);
  const { icon: Icon } = row;
  useEffect(() => {
    if (chosen) box.current?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys, as a combobox should.
    <div
      ref={box}
      id={id}
      role="option"
      aria-selected={chosen}
      className={styles.option}
      data-bar-row={row.id}
      onPointerMove={chosen ? undefined : onChoose}
      onClick={onRun}
    >
      <Icon size={16} strokeWidth={1.75} data-tone={row.tone} aria-hidden />
      <bdi className={styles.title} dir="auto">
        <Exact text={row.title} />
      </bdi>
      {row.detail !== undefined && row.detail !== "" && (
        <bdi className={styles.detail} dir="auto">
          <Exact text={row.detail} />
        </bdi>
      )}
      <span className={styles.keys}>
        {row.shortcut !== undefined ? <Keys shortcut={row.shortcut} /> : chosen && <Keys shortcut="enter" />}
      </span>
    </div>
  );
}
