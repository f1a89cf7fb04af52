/** What happens before the briefing waits in the queue, chosen by a person: the file, and a commit of what the sessions edited. */
import { useQuery } from "@tanstack/react-query";
import { Check, Snowflake } from "lucide-react";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { useRun } from "../../actions/use-actions";
import { useBackend, useQueries } from "../../backend/use-backend";
import type { HandoffPlan, ProjectView } from "../../backend/views";
import { Button } from "../../components/button";
import { Exact } from "../../components/exact";
import styles from "./before-it-goes.module.css";
import type { Choice } from "./choice";
import { pathsOf } from "./choice";

interface BeforeItGoesProps {
  project: ProjectView;
  to: string | undefined;
  choice: Choice;
  onChoice(choice: Choice): void;
}

export function BeforeItGoes({ project, to, choice, onChoice }: BeforeItGoesProps) {
  const { t } = useTranslation();
  const { data: plan } = useQuery(useQueries().handoffPlan(project.id, to));
  return (
    <section className={styles.before} aria-labelledby="before" aria-busy={plan === undefined}>
      <h3 id="before">{t("handoff.before")}</h3>
      {plan !== undefined && (
        <>
          <p className={styles.line}>
            <Snowflake size={14} strokeWidth={1.75} aria-hidden />
            {t("handoff.freeze")}
          </p>
          {plan.file === null ? (
            <p className="small quiet">{t("handoff.no_file")}</p>
          ) : (
            <label className={styles.line}>
              <input
                type="checkbox"
                checked={choice.file}
                onChange={(event) => onChoice({ ...choice, file: event.currentTarget.checked })}
              />
              <span>
                {t("handoff.write_file", { name: plan.file.name })}{" "}
                <span className="small quiet">
                  {plan.file.exists ? t("handoff.file_exists") : t("handoff.file_new")}
                </span>
              </span>
            </label>
          )}
          <Commit project={project} plan={plan} choice={choice} onChoice={onChoice} />
        </>
      )}
    </section>
  );
}

interface CommitProps {
  project: ProjectView;
  plan: HandoffPlan;
  choice: Choice;
  onChoice(choice: Choice): void;
}

function Commit({ project, plan, choice, onChoice }: CommitProps) {
  const { t } = useTranslation();
  if (project.folder === null) return null;
  if (plan.git === null) {
    return (
      <p className="small quiet">
        <bdi dir="auto">{plan.git_trouble ?? t("context.no_git")}</bdi>
      </p>
    );
  }
  if (plan.blocked !== null) {
    return <p className="small quiet">{t("handoff.commit_blocked", { why: plan.blocked })}</p>;
  }
  if (plan.files.length === 0) {
    return (
      <p className={styles.line}>
        <Check size={14} strokeWidth={1.75} aria-hidden />
        {t("handoff.commit_clean")}
      </p>
    );
  }
  const wanted = choice.commit ?? plan.rule?.when === "always";
  const count = pathsOf(plan, choice).length;
  const touched = plan.files.some((file) => file.touched);
  return (
    <>
      {!touched && (
        <p className={styles.line}>
          <Check size={14} strokeWidth={1.75} aria-hidden />
          {t("handoff.commit_none")}
        </p>
      )}
      {plan.rule === null && touched && <AskOnce project={project} />}
      <label className={styles.line}>
        <input
          type="checkbox"
          checked={wanted}
          onChange={(event) => onChoice({ ...choice, commit: event.currentTarget.checked })}
        />
        <span>{count === 0 ? t("handoff.commit_others") : t("handoff.commit_files", { count })}</span>
      </label>
      {wanted && <Branch plan={plan} choice={choice} onChoice={onChoice} />}
      <Files plan={plan} choice={choice} onChoice={onChoice} open={wanted} />
      {plan.rule !== null && <Rule project={project} when={plan.rule.when} />}
    </>
  );
}

type When = NonNullable<HandoffPlan["rule"]>["when"];
const WHENS = ["never", "ask", "always"] as const satisfies readonly When[];

/** Says once for a project whether work is committed before it is handed over. */
function useRule(project: ProjectView) {
  const { transport, queries } = useBackend();
  const run = useRun();
  return (when: When) =>
    run({
      id: "project.commit_rule",
      label: "handoff.rule",
      icon: Snowflake,
      shortcut: undefined,
      repeats: false,
      enabled: true,
      run: async () => {
        await transport.call("projects.set_commit_rule", { id: project.id, when });
        await queries.invalidateQueries({ queryKey: ["handoffs.plan", project.id] });
      },
    });
}

function AskOnce({ project }: { project: ProjectView }) {
  const { t } = useTranslation();
  const say = useRule(project);
  return (
    <div className={styles.ask} role="group" aria-label={t("handoff.rule")}>
      <p>{t("handoff.ask_once")}</p>
      {WHENS.map((when) => (
        <Button key={when} small onClick={() => say(when)}>
          {t(`handoff.rule_${when}`)}
        </Button>
      ))}
    </div>
  );
}

function Rule({ project, when }: { project: ProjectView; when: When }) {
  const { t } = useTranslation();
  const say = useRule(project);
  const field = useId();
  return (
    <p className={styles.rule}>
      <label htmlFor={field} className="small quiet">
        {t("handoff.rule")}
      </label>
      <select
        id={field}
        value={when}
        onChange={(event) => {
          const wanted = WHENS.find((each) => each === event.currentTarget.value);
          if (wanted !== undefined) say(wanted);
        }}
      >
        {WHENS.map((each) => (
          <option key={each} value={each}>
            {t(`handoff.rule_${each}`)}
          </option>
        ))}
      </select>
    </p>
  );
}

function Branch({ plan, choice, onChoice }: Omit<CommitProps, "project">) {
  const { t } = useTranslation();
  const field = useId();
  return (
    <p className={styles.rule}>
      <label htmlFor={field} className="small quiet">
        {t("handoff.commit_branch")}
      </label>
      <input
        id={field}
        dir="ltr"
        className="mono"
        value={choice.branch ?? plan.branch ?? ""}
        placeholder={plan.git?.branch ?? t("handoff.commit_here")}
        onChange={(event) => onChoice({ ...choice, branch: event.currentTarget.value })}
      />
      <span className="small quiet">{t("handoff.branch_stays")}</span>
    </p>
  );
}

/** Those that sessions edited are chosen; the rest is shown, and stays unless somebody chooses it. */
function Files({ plan, choice, onChoice, open }: Omit<CommitProps, "project"> & { open: boolean }) {
  const { t } = useTranslation();
  const chosen = new Set(pathsOf(plan, choice));
  const left = plan.files.length - chosen.size + plan.more;
  const toggle = (path: string) => {
    if (!chosen.delete(path)) chosen.add(path);
    onChoice({ ...choice, paths: [...chosen] });
  };
  return (
    <details className={styles.files}>
      <summary>{left > 0 ? t("handoff.left_alone", { count: left }) : t("handoff.touched")}</summary>
      {[true, false].map((ours) => {
        const files = plan.files.filter(({ touched }) => touched === ours);
        if (files.length === 0) return null;
        return (
          <section key={String(ours)}>
            <h4>{ours ? t("handoff.touched") : t("handoff.others")}</h4>
            <ul>
              {files.map(({ path, state }) => (
                <li key={path}>
                  <label>
                    <input
                      type="checkbox"
                      checked={chosen.has(path)}
                      disabled={!open}
                      onChange={() => toggle(path)}
                    />
                    <code dir="ltr">
                      <Exact text={path} />
                    </code>
                    <span className="small faint">{state}</span>
                  </label>
                </li>
              ))}
            </ul>
          </section>
        );
      })}
      {plan.more > 0 && <p className="small faint">{t("handoff.more_files", { count: plan.more })}</p>}
    </details>
  );
}
