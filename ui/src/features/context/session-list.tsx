/** Sessions as lines, the last ended first. */
import { Link } from "@tanstack/react-router";
import { Hourglass } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { ProjectId, SessionView } from "../../backend/views";
import { AccountName } from "../../components/account-name";
import { Ago } from "../../components/moment";
import styles from "./session-list.module.css";
import { toolName } from "./tool-name";

interface SessionListProps {
  sessions: readonly SessionView[];
  /** What the project of a session is called, where sessions of several are listed. */
  projectName?: (id: ProjectId) => string | undefined;
}

export function SessionList({ sessions, projectName }: SessionListProps) {
  const { t } = useTranslation();
  return (
    <ul className={styles.list}>
      {sessions.map((session) => (
        <li key={session.id}>
          <Link to="/context/sessions/$id" params={{ id: session.id }} className={styles.row}>
            <span className={styles.title}>
              <bdi>{session.title ?? t("context.no_title")}</bdi>
            </span>
            <span>
              {session.limited && (
                <span className={styles.limited} data-tone="warn">
                  <Hourglass size={12} strokeWidth={1.75} aria-hidden />
                  {t("context.limit")}
                </span>
              )}
            </span>
            <span className={`${styles.project} cut`}>
              {projectName !== undefined && session.project_id !== null && (
                <bdi dir="auto">{projectName(session.project_id)}</bdi>
              )}
            </span>
            <span>{toolName(session.source)}</span>
            <span>{session.account_id !== null && <AccountName id={session.account_id} />}</span>
            <span className={`${styles.count} num`}>
              {t("context.messages_count", { count: session.messages })}
            </span>
            <span>{session.ended_at !== null && <Ago at={session.ended_at} />}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
