/** What a handoff would do, as plain lines: the file, the commit, the queue. */
import { CircleSlash, FileText, FolderPlus, GitCommitHorizontal, ListPlus, Snowflake } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { HandoffPlan } from "../../backend/views";
import styles from "./lines.module.css";

export function PlanLines({ plan }: { plan: HandoffPlan }) {
  const { t } = useTranslation();
  return (
    <ul className={styles.lines}>
      <Line icon={<Snowflake size={14} strokeWidth={1.75} aria-hidden />}>{t("handoff.freeze")}</Line>
      <Line icon={<GitCommitHorizontal size={14} strokeWidth={1.75} aria-hidden />}>
        <CommitWords plan={plan} />
      </Line>
      {plan.file === null ? (
        <Line icon={<CircleSlash size={14} strokeWidth={1.75} aria-hidden />}>{t("handoff.no_file")}</Line>
      ) : (
        <Line icon={<FileText size={14} strokeWidth={1.75} aria-hidden />}>
          <code dir="ltr" title={plan.file.path}>
            {plan.file.name}
          </code>{" "}
          {plan.file.exists ? t("handoff.file_exists") : t("handoff.file_new")}
        </Line>
      )}
      <Line icon={<ListPlus size={14} strokeWidth={1.75} aria-hidden />}>{t("handoff.queue_entry")}</Line>
    </ul>
  );
}

/** Work that belongs to no project yet: what is done before the rest, and that the rest is as in any project. */
export function BecomesProject({ name, folder }: { name: string; folder: string | null }) {
  const { t } = useTranslation();
  return (
    <ul className={styles.lines}>
      <Line icon={<FolderPlus size={14} strokeWidth={1.75} aria-hidden />}>
        {t("handoff.becomes_project")}{" "}
        {folder === null ? (
          <bdi dir="auto">{name}</bdi>
        ) : (
          <code dir="ltr" className={styles.path}>
            {folder}
          </code>
        )}
      </Line>
      <Line icon={<Snowflake size={14} strokeWidth={1.75} aria-hidden />}>{t("handoff.freeze")}</Line>
      {folder === null ? (
        <Line icon={<CircleSlash size={14} strokeWidth={1.75} aria-hidden />}>
          {t("handoff.folder_gone")}
        </Line>
      ) : (
        <Line icon={<GitCommitHorizontal size={14} strokeWidth={1.75} aria-hidden />}>
          {t("handoff.asks_if_changed")}
        </Line>
      )}
      <Line icon={<ListPlus size={14} strokeWidth={1.75} aria-hidden />}>{t("handoff.queue_entry")}</Line>
    </ul>
  );
}

function CommitWords({ plan }: { plan: HandoffPlan }) {
  const { t } = useTranslation();
  const proposed = plan.files.filter(({ touched }) => touched);
  if (plan.git === null) return <bdi dir="auto">{plan.git_trouble ?? t("context.no_git")}</bdi>;
  if (plan.blocked !== null)
    return <bdi dir="auto">{t("handoff.commit_blocked", { why: plan.blocked })}</bdi>;
  if (proposed.length === 0)
    return <>{t(plan.files.length === 0 ? "handoff.commit_clean" : "handoff.commit_none")}</>;
  if (plan.rule?.when === "never")
    return (
      <>
        {t("handoff.rule")}: {t("handoff.rule_never")}
      </>
    );
  if (plan.rule?.when !== "always") return <>{t("handoff.asks_first", { count: proposed.length })}</>;
  return (
    <>
      {t("handoff.commit_files", { count: proposed.length })}{" "}
      <code dir="ltr">{plan.branch ?? plan.git.branch ?? ""}</code>
    </>
  );
}

function Line({ icon, children }: { icon: ReactNode; children: ReactNode }) {
  return (
    <li>
      {icon}
      <span>{children}</span>
    </li>
  );
}
