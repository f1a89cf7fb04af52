/** The same sums by account, project or model. */
import { useTranslation } from "react-i18next";
import type { UsageView } from "../../backend/views";
import { Choice } from "../../components/choice";
import { LoadingRows } from "../../components/place-state";
import styles from "./insights-screen.module.css";
import { type Grouping, groupings } from "./search";
import { UsageTable } from "./usage-table";

interface GroupsPanelProps {
  usage: UsageView | undefined;
  by: Grouping;
  onGroup(by: Grouping): void;
}

export function GroupsPanel({ usage, by, onGroup }: GroupsPanelProps) {
  const { t } = useTranslation();
  const rows = usage?.rows.map((row) => ({ ...row, name: row.label ?? row.key ?? t(`insights.no_${by}`) }));
  return (
    <section className={styles.panel} aria-labelledby="insights-groups">
      <header className={styles.panelHead}>
        <h2 id="insights-groups">{t(`insights.by_${by}`)}</h2>
        <Choice
          label={t("insights.group")}
          value={by}
          options={groupings.map((grouping) => ({ value: grouping, label: t(`insights.${grouping}`) }))}
          onChange={onGroup}
        />
      </header>
      {rows === undefined ? (
        <LoadingRows height={32} />
      ) : (
        <UsageTable caption={t(`insights.by_${by}`)} first={t(`insights.${by}`)} rows={rows} />
      )}
      {usage !== undefined && (
        <p className="small quiet">{t("insights.listed_note", { prices: usage.prices })}</p>
      )}
    </section>
  );
}
