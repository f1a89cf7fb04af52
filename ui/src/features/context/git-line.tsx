/** Where the repository of a project stands, and another branch a click away. */
import { Menu } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Check, ChevronDown, GitBranch } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useRun } from "../../actions/use-actions";
import { useBackend, useQueries } from "../../backend/use-backend";
import type { GitState, ProjectView } from "../../backend/views";
import { useNotices } from "../../components/notices";
import styles from "./git-line.module.css";

export function GitLine({ project, git }: { project: ProjectView; git: GitState | null }) {
  const { t } = useTranslation();
  if (project.folder === null) return null;
  if (git === null) return <span className="faint">{t("context.no_git")}</span>;
  return (
    <span className={styles.git}>
      <BranchMenu project={project} git={git} />
      {git.subject !== null && (
        <bdi className="quiet cut" title={git.commit ?? undefined}>
          {git.subject}
        </bdi>
      )}
      <span className="quiet">{t("context.changed_count", { count: git.changed })}</span>
      {(git.ahead ?? 0) > 0 && <span className="quiet">{t("context.ahead", { count: git.ahead ?? 0 })}</span>}
      {(git.behind ?? 0) > 0 && (
        <span className="quiet">{t("context.behind", { count: git.behind ?? 0 })}</span>
      )}
      {git.unfinished !== null && (
        <span data-tone="warn">{t("context.unfinished", { what: git.unfinished })}</span>
      )}
    </span>
  );
}

function BranchMenu({ project, git }: { project: ProjectView; git: GitState }) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  const { transport, queries } = useBackend();
  const { tell } = useNotices();
  const run = useRun();
  const to = (branch: string) =>
    run({
      id: "project.switch",
      label: "context.switch",
      icon: GitBranch,
      shortcut: undefined,
      repeats: false,
      enabled: true,
      run: async () => {
        await transport.call("projects.switch", { id: project.id, branch });
        tell(t("context.switched", { branch }));
        await queries.invalidateQueries({ queryKey: ["projects.show", project.id] });
      },
    });
  return (
    <Menu
      opened={opened}
      onChange={setOpened}
      position="bottom-start"
      offset={4}
      hideDetached={false}
      transitionProps={{ duration: 0 }}
      classNames={{ dropdown: styles.dropdown, item: styles.item }}
    >
      <Menu.Target>
        <button type="button" className={styles.branch} title={t("context.switch")}>
          <GitBranch size={14} strokeWidth={1.75} aria-hidden />
          <bdi className="mono">{git.branch ?? `${t("context.no_branch")} ${git.commit ?? ""}`}</bdi>
          <ChevronDown size={14} strokeWidth={1.75} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown>{opened && <Branches project={project} onChoose={to} />}</Menu.Dropdown>
    </Menu>
  );
}

function Branches({ project, onChoose }: { project: ProjectView; onChoose(branch: string): void }) {
  const { t } = useTranslation();
  const { data, error } = useQuery(useQueries().branches(project.id));
  if (error !== null) return <p className={styles.item}>{error.message}</p>;
  return data?.items.map(({ name, subject, current, track, elsewhere }) => (
    <Menu.Item
      key={name}
      disabled={current || elsewhere !== null}
      leftSection={current ? <Check size={14} aria-hidden /> : <span className={styles.gap} />}
      onClick={() => onChoose(name)}
    >
      <bdi className="mono">{name}</bdi>
      <span className={styles.about}>
        <bdi dir="auto">{elsewhere === null ? subject : t("context.branch_elsewhere")}</bdi>
        {track !== null && <bdi dir="ltr">{track}</bdi>}
      </span>
    </Menu.Item>
  ));
}
