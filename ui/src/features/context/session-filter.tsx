/** Whose sessions are listed: those of one project, by one account, or all. */
import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useQueries } from "../../backend/use-backend";
import type { SessionView } from "../../backend/views";
import { useAccountNames } from "../../components/account-name";
import { Button } from "../../components/button";
import styles from "./session-filter.module.css";

export interface SessionsOf {
  project?: string | undefined;
  account?: string | undefined;
}

interface SessionFilterProps {
  of: SessionsOf;
  /** What is listed now: accounts that are gone are known only from their sessions. */
  sessions: readonly SessionView[];
  onChange(of: SessionsOf): void;
}

export function SessionFilter({ of: { project, account }, sessions, onChange }: SessionFilterProps) {
  const { t } = useTranslation();
  const projects = useQuery(useQueries().projects()).data?.items ?? [];
  const accounts = useQuery(useQueries().accounts()).data?.items ?? [];
  const named = useAccountNames();
  const seen = [
    ...projects.flatMap((each) => each.accounts),
    ...sessions.flatMap((session) => session.account_id ?? []),
    ...(account === undefined ? [] : [account]),
  ];
  const others = [...new Set(seen)].filter((id) => !accounts.some((each) => each.id === id));
  const told = (id: string) => {
    const name = named(id);
    // Several that are gone are told apart by the end of their ids.
    return name === null ? id : name.isGone ? `${name.name} (…${id.slice(-6)})` : name.name;
  };
  return (
    <div className={styles.filter} role="search" aria-label={t("sessions.filter")}>
      <select
        dir="auto"
        aria-label={t("context.project")}
        value={project ?? ""}
        onChange={(event) => onChange({ project: event.target.value || undefined, account })}
      >
        <option value="">{t("sessions.all_projects")}</option>
        {project !== undefined && !projects.some(({ id }) => id === project) && (
          <option value={project}>{project}</option>
        )}
        {projects.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
      <select
        dir="auto"
        aria-label={t("sessions.account")}
        value={account ?? ""}
        onChange={(event) => onChange({ project, account: event.target.value || undefined })}
      >
        <option value="">{t("sessions.all_accounts")}</option>
        {accounts.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
        {others.map((id) => (
          <option key={id} value={id}>
            {told(id)}
          </option>
        ))}
      </select>
      {(project !== undefined || account !== undefined) && (
        <Button small tone="quiet" icon={X} onClick={() => onChange({})}>
          {t("sessions.clear")}
        </Button>
      )}
    </div>
  );
}
