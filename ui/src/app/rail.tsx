/** The main places, only those that exist, with how many things run or wait there. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import {
  BookOpen,
  ChartLine,
  Inbox,
  LayoutDashboard,
  type LucideIcon,
  MessagesSquare,
  Settings,
  Users,
  Workflow,
} from "lucide-react";
import { useTranslation } from "react-i18next";
import { useQueries } from "../backend/use-backend";
import { Mark } from "./mark";
import styles from "./rail.module.css";

export function Rail() {
  const { t } = useTranslation();
  const { data: stats } = useQuery(useQueries().stats());
  return (
    <nav className={styles.rail} aria-label={t("frame.rail")}>
      <div className={styles.brand}>
        <Mark size={28} />
      </div>
      <Place to="/overview" icon={LayoutDashboard} label={t("frame.overview")} />
      <Place to="/inbox" icon={Inbox} label={t("frame.inbox")} tone="wait" count={stats?.waiting ?? 0} />
      <Place
        to="/executions"
        icon={Workflow}
        label={t("frame.executions")}
        tone="run"
        count={stats?.running ?? 0}
      />
      <Place to="/context" icon={MessagesSquare} label={t("context.title")} />
      <Place to="/accounts" icon={Users} label={t("frame.accounts")} />
      <Place to="/knowledge" icon={BookOpen} label={t("frame.knowledge")} />
      <Place to="/insights" icon={ChartLine} label={t("frame.insights")} />
      <Link to="/settings" className={styles.place} activeProps={{ "aria-current": "page" }}>
        <Settings size={20} strokeWidth={1.6} aria-hidden />
        {t("frame.settings")}
      </Link>
    </nav>
  );
}

interface PlaceProps {
  to: "/overview" | "/executions" | "/inbox" | "/context" | "/accounts" | "/knowledge" | "/insights";
  icon: LucideIcon;
  label: string;
  tone?: "run" | "wait";
  count?: number;
}

function Place({ to, icon: Icon, label, tone, count = 0 }: PlaceProps) {
  const { t } = useTranslation();
  const spoken = tone === "run" ? t("bar.running", { count }) : t("bar.waiting", { count });
  return (
    <Link to={to} className={styles.place} activeProps={{ "aria-current": "page" }}>
      <Icon size={20} strokeWidth={1.6} aria-hidden />
      {label}
      {count > 0 && (
        <span className={styles.count} data-tone={tone}>
          <span aria-hidden>{count > 99 ? "99+" : count}</span>
          <span className="unseen">, {spoken}</span>
        </span>
      )}
    </Link>
  );
}
