/** Before the first execution: three ways to begin, none of which needs a key. */
import { FlaskConical, FolderGit2, type LucideIcon, Search } from "lucide-react";
import { type ReactNode, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Hands } from "../../actions/action";
import { useHands } from "../../actions/use-actions";
import { asProblem, type Problem } from "../../backend/problem";
import { Button } from "../../components/button";
import { Keys } from "../../components/keys";
import { ExampleCommand } from "../../components/place-state";
import { ProblemLine } from "../../components/problem-line";
import { propose } from "../plan/propose";
import styles from "./first-run.module.css";
import { SAMPLE_PLAN } from "./sample-plan";

export function FirstRun() {
  const { t } = useTranslation();
  const hands = useHands();
  return (
    <section className={styles.place}>
      <h2>{t("executions.empty_title")}</h2>
      <p className="quiet">{t("first.text")}</p>
      <div className={styles.offers}>
        <Repository />
        <Offer icon={FlaskConical} title={t("first.sample")} text={t("first.sample_text")}>
          <Proposal
            word={t("first.sample_go")}
            action="first.sample"
            run={(reach) => propose(reach, { plan: SAMPLE_PLAN, source: "sample" })}
          />
        </Offer>
        <Offer icon={Search} title={t("first.around")} text={t("first.around_text")}>
          <div className={styles.end}>
            <Button data-action="first.around" onClick={() => hands.openBar()}>
              {t("first.around_go")}
              <Keys shortcut="mod+k" />
            </Button>
          </div>
        </Offer>
      </div>
      <div className={styles.terminal}>
        <p className="quiet small">{t("first.terminal")}</p>
        <ExampleCommand command="krake run brief-repo -i path=." />
      </div>
    </section>
  );
}

function Repository() {
  const { t } = useTranslation();
  const id = useId();
  const [path, setPath] = useState("");
  const brief = (hands: Hands) => propose(hands, { playbook: "brief-repo", inputs: { path: path.trim() } });
  return (
    <Offer icon={FolderGit2} title={t("first.brief")} text={t("first.brief_text")}>
      <Proposal word={t("plan.look")} action="first.brief" go disabled={path.trim() === ""} run={brief}>
        <label htmlFor={id} className="unseen">
          {t("first.path")}
        </label>
        <input
          id={id}
          type="text"
          dir="ltr"
          className={`${styles.path} mono`}
          placeholder="~/code/project"
          autoComplete="off"
          spellCheck={false}
          value={path}
          onChange={(event) => setPath(event.currentTarget.value)}
        />
      </Proposal>
    </Offer>
  );
}

interface OfferProps {
  icon: LucideIcon;
  title: string;
  text: string;
  children: ReactNode;
}

function Offer({ icon: Icon, title, text, children }: OfferProps) {
  return (
    <article className={styles.offer}>
      <Icon size={20} strokeWidth={1.6} aria-hidden />
      <h3>{title}</h3>
      <p className="quiet">{text}</p>
      {children}
    </article>
  );
}

interface ProposalProps {
  word: string;
  action: string;
  go?: boolean;
  disabled?: boolean;
  run(hands: Hands): Promise<unknown>;
  children?: ReactNode;
}

/** A button that makes a plan to look at; what is wrong stands beside it. */
function Proposal({ word, action, go = false, disabled = false, run, children }: ProposalProps) {
  const hands = useHands();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const send = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await run(hands);
    } catch (thrown) {
      setProblem(asProblem(thrown));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      className={styles.end}
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy && !disabled) void send();
      }}
    >
      {children}
      <ProblemLine problem={problem} />
      <Button type="submit" tone={go ? "go" : "plain"} disabled={busy || disabled} data-action={action}>
        {word}
      </Button>
    </form>
  );
}
