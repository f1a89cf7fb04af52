/** The views of one execution; `1` to `4` choose them. */
import { ChartGantt, type LucideIcon, ScrollText, Table2, Waypoints } from "lucide-react";
import { useTranslation } from "react-i18next";
import { type Action, bind } from "../../actions/action";
import { useHands, useShortcuts } from "../../actions/use-actions";
import { useApprovalIsOpen } from "../../actions/use-approval-is-open";
import { Keys } from "../../components/keys";
import { type View, views } from "./search";
import styles from "./view-tabs.module.css";

const icons: Record<View, LucideIcon> = {
  graph: Waypoints,
  timeline: ChartGantt,
  log: ScrollText,
  table: Table2,
};

interface Tabs {
  view: View;
  onChoose(view: View): void;
}

const choices: Action<Tabs>[] = views.map((view, at) => ({
  id: `execution.view.${view}`,
  label: `execution.${view}`,
  icon: icons[view],
  shortcut: String(at + 1),
  enabled: () => true,
  run: ({ onChoose }) => onChoose(view),
}));

export function ViewTabs(tabs: Tabs) {
  const { t } = useTranslation();
  const hands = useHands();
  useShortcuts(
    choices.map((choice) => bind(choice, tabs, hands)),
    !useApprovalIsOpen(),
  );
  return (
    <div className={styles.bar}>
      <nav className={styles.tabs} aria-label={t("execution.views")}>
        {views.map((view, at) => (
          <button
            key={view}
            type="button"
            aria-pressed={view === tabs.view}
            data-view={view}
            onClick={() => tabs.onChoose(view)}
          >
            {t(`execution.${view}`)}
            <Keys shortcut={String(at + 1)} />
          </button>
        ))}
      </nav>
    </div>
  );
}
