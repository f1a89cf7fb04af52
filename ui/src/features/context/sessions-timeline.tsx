/** Sessions over time: a lane for each tool or account, a bar for each session. Left to right in every language. */
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { ProjectId, SessionView } from "../../backend/views";
import { AccountName } from "../../components/account-name";
import { exact } from "../../components/moment";
import { lanesOf } from "./lanes";
import styles from "./sessions-timeline.module.css";
import { toolName } from "./tool-name";

interface SessionsTimelineProps {
  project: ProjectId;
  sessions: readonly SessionView[];
}

export function SessionsTimeline({ project, sessions }: SessionsTimelineProps) {
  const { t, i18n } = useTranslation();
  const { lanes, from, to } = lanesOf(sessions);
  if (lanes.length === 0) return null;
  const thisYear = new Date().getFullYear();
  const isOld = [from, to].some((when) => new Date(when).getFullYear() !== thisYear);
  const day = new Intl.DateTimeFormat(i18n.language, {
    day: "numeric",
    month: "short",
    ...(isOld ? { year: "numeric" } : {}),
  });
  return (
    <div className={styles.timeline} dir="ltr" role="group" aria-label={t("context.timeline")}>
      {lanes.map((lane) => (
        <div key={lane.account ?? ` ${lane.tool}`} className={styles.lane}>
          <span className={styles.name}>
            {lane.account === null ? toolName(lane.tool) : <Whose project={project} account={lane.account} />}
          </span>
          <div className={styles.track}>
            {lane.bars.map(({ session, left, width, start }) => (
              <Link
                key={session.id}
                to="/context/sessions/$id"
                params={{ id: session.id }}
                className={styles.bar}
                style={{ left: `${left}%`, width: `${width}%` }}
                title={`${session.title ?? ""}\n${exact(start, i18n.language)}`}
                aria-label={`${session.title ?? t("context.no_title")}, ${exact(start, i18n.language)}`}
              />
            ))}
          </div>
        </div>
      ))}
      <div className={styles.axis} aria-hidden>
        <span>{day.format(from)}</span>
        <span>{day.format(to)}</span>
      </div>
    </div>
  );
}

/** The account of a lane leads to all its sessions of the project. */
function Whose({ project, account }: { project: ProjectId; account: string }) {
  return (
    <Link to="/context" search={{ list: "sessions", project, account }}>
      <AccountName id={account} />
    </Link>
  );
}
