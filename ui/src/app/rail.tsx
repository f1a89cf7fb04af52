/** The main places, only those that exist, with how many things run or wait there. A narrow window has room for the first of them; the others are behind "More". */
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
import type { TextKey } from "../actions/action";
import { useQueries } from "../backend/use-backend";
import { Mark } from "./mark";
import { MorePlaces } from "./more-places";
import styles from "./rail.module.css";

export interface RailPlace {
  to:
    | "/overview"
    | "/executions"
    | "/inbox"
    | "/context"
    | "/accounts"
    | "/knowledge"
    | "/insights"
    | "/settings";
  icon: LucideIcon;
  label: TextKey;
}

const first: readonly RailPlace[] = [
  { to: "/overview", icon: LayoutDashboard, label: "frame.overview" },
  { to: "/inbox", icon: Inbox, label: "frame.inbox" },
  { to: "/executions", icon: Workflow, label: "frame.executions" },
  { to: "/context", icon: MessagesSquare, label: "context.title" },
];

/** Where nothing runs and nothing waits, so that nobody misses a number behind "More". */
const later: readonly RailPlace[] = [
  { to: "/accounts", icon: Users, label: "frame.accounts" },
  { to: "/knowledge", icon: BookOpen, label: "frame.knowledge" },
  { to: "/insights", icon: ChartLine, label: "frame.insights" },
  { to: "/settings", icon: Settings, label: "frame.settings" },
];

export function Rail() {
  const { t } = useTranslation();
  const { data: stats } = useQuery(useQueries().stats());
  const counts: { [to: string]: { tone: "run" | "wait"; count: number } } = {
    "/inbox": { tone: "wait", count: stats?.waiting ?? 0 },
    "/executions": { tone: "run", count: stats?.running ?? 0 },
  };
  return (
    <nav className={styles.rail} aria-label={t("frame.rail")}>
      <div className={styles.brand}>
        <Mark size={28} />
      </div>
      {first.map((place) => (
        <Place key={place.to} place={place} {...counts[place.to]} />
      ))}
      {later.map((place) => (
        <Place key={place.to} place={place} isLater />
      ))}
      <MorePlaces places={later} />
    </nav>
  );
}

interface PlaceProps {
  place: RailPlace;
  isLater?: boolean;
  tone?: "run" | "wait";
  count?: number;
}

function Place({ place: { to, icon: Icon, label }, isLater, tone, count = 0 }: PlaceProps) {
  const { t } = useTranslation();
  const spoken = tone === "run" ? t("bar.running", { count }) : t("bar.waiting", { count });
  return (
    <Link
      to={to}
      className={styles.place}
      data-later={isLater}
      data-last={to === "/settings" || undefined}
      activeProps={{ "aria-current": "page" }}
    >
      <Icon size={20} strokeWidth={1.6} aria-hidden />
      {t(label)}
      {count > 0 && (
        <span className={styles.count} data-tone={tone}>
          <span aria-hidden>{count > 99 ? "99+" : count}</span>
          <span className="unseen">, {spoken}</span>
        </span>
      )}
    </Link>
  );
}
