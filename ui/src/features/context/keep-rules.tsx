/** What briefings of a project keep always, or never: the rules, and a line to add one. */
import { useQuery } from "@tanstack/react-query";
import { Pin, PinOff, Plus, X } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Action, bind } from "../../actions/action";
import { useHands, useRun } from "../../actions/use-actions";
import { asProblem, type Problem } from "../../backend/problem";
import { useBackend, useQueries } from "../../backend/use-backend";
import type { CompressionRuleView, Params, ProjectView } from "../../backend/views";
import { Button, IconButton } from "../../components/button";
import { Exact } from "../../components/exact";
import { ProblemLine } from "../../components/problem-line";
import styles from "./keep-rules.module.css";

const EFFECTS = ["always_keep", "never_keep"] as const;
const SUBJECTS = ["pattern", "file", "kind"] as const;
/** The parts of a briefing that a rule can speak of. */
const KINDS = [
  "goal",
  "last_request",
  "constraint",
  "decision",
  "open_item",
  "pinned",
  "file",
  "command",
  "error",
  "change",
  "captured",
  "statement",
] as const;

type Subject = CompressionRuleView["subject"];

const remove: Action<CompressionRuleView> = {
  id: "keep.remove",
  label: "keep.remove",
  icon: X,
  enabled: () => true,
  run: async ({ id }, { backend }) => {
    await backend.transport.call("compression.remove", { id });
    await backend.queries.invalidateQueries({ queryKey: ["compression.list"] });
  },
};

export function KeepRules({ project }: { project: ProjectView }) {
  const { t } = useTranslation();
  const { data } = useQuery(useQueries().compressionRules());
  const rules = data?.items.filter((rule) => rule.project_id === null || rule.project_id === project.id);
  // Beside the sessions there is room for it; above them it is opened by whoever looks for it.
  const [isOpen] = useState(() => window.matchMedia("(min-width: 961px)").matches);
  return (
    <details className={styles.rules} open={isOpen}>
      <summary>
        <h2>{t("keep.title")}</h2>
        {rules !== undefined && rules.length > 0 && <span className="num faint">{rules.length}</span>}
      </summary>
      <p className="small quiet">{t("keep.text")}</p>
      {rules !== undefined && rules.length > 0 && (
        <ul>
          {rules.map((rule) => (
            <Rule key={rule.id} rule={rule} />
          ))}
        </ul>
      )}
      <AddRule project={project} />
    </details>
  );
}

function Rule({ rule }: { rule: CompressionRuleView }) {
  const { t } = useTranslation();
  const hands = useHands();
  const run = useRun();
  const Icon = rule.effect === "always_keep" ? Pin : PinOff;
  return (
    <li data-rule={rule.id}>
      <Icon size={16} strokeWidth={1.75} aria-hidden />
      <span className={styles.what}>
        {t(`keep.${rule.effect}`)} · {t(`keep.${rule.subject.by}`)}{" "}
        <bdi className="mono" dir="auto">
          {rule.subject.by === "kind" ? (
            t(kindKey(rule.subject.kind))
          ) : (
            <Exact text={wordsOf(rule.subject)} />
          )}
        </bdi>
        {rule.project_id === null && <span className="quiet"> · {t("keep.everywhere")}</span>}
      </span>
      <IconButton
        icon={X}
        label={t("keep.remove")}
        data-action={remove.id}
        onClick={() => run(bind(remove, rule, hands))}
      />
    </li>
  );
}

function AddRule({ project }: { project: ProjectView }) {
  const { t } = useTranslation();
  const { transport, queries } = useBackend();
  const [effect, setEffect] = useState<(typeof EFFECTS)[number]>("always_keep");
  const [by, setBy] = useState<(typeof SUBJECTS)[number]>("pattern");
  const [words, setWords] = useState("");
  const [kind, setKind] = useState<(typeof KINDS)[number]>("constraint");
  const [problem, setProblem] = useState<Problem | null>(null);
  const send = async (event: FormEvent) => {
    event.preventDefault();
    setProblem(null);
    const rule: Params<"compression.add"> = {
      project_id: project.id,
      effect,
      subject: by === "kind" ? { by, kind } : by === "file" ? { by, path: words } : { by, text: words },
    };
    try {
      await transport.call("compression.add", rule);
      await queries.invalidateQueries({ queryKey: ["compression.list"] });
      setWords("");
    } catch (thrown) {
      setProblem(asProblem(thrown));
    }
  };
  return (
    <form className={styles.add} onSubmit={(event) => void send(event)}>
      <select
        aria-label={t("keep.effect")}
        value={effect}
        onChange={(event) => setEffect(chosen(EFFECTS, event.target.value))}
      >
        {EFFECTS.map((each) => (
          <option key={each} value={each}>
            {t(`keep.${each}`)}
          </option>
        ))}
      </select>
      <select
        aria-label={t("keep.subject")}
        value={by}
        onChange={(event) => setBy(chosen(SUBJECTS, event.target.value))}
      >
        {SUBJECTS.map((each) => (
          <option key={each} value={each}>
            {t(`keep.${each}`)}
          </option>
        ))}
      </select>
      {by === "kind" ? (
        <select
          aria-label={t("keep.kind")}
          value={kind}
          onChange={(event) => setKind(chosen(KINDS, event.target.value))}
        >
          {KINDS.map((each) => (
            <option key={each} value={each}>
              {t(kindKey(each))}
            </option>
          ))}
        </select>
      ) : (
        <input
          required
          dir="auto"
          className="mono"
          spellCheck={false}
          aria-label={t(`keep.${by}`)}
          placeholder={t(`keep.${by}_hint`)}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
      )}
      <Button type="submit" icon={Plus} data-action="keep.add">
        {t("keep.add")}
      </Button>
      <ProblemLine problem={problem} />
    </form>
  );
}

function wordsOf(subject: Exclude<Subject, { by: "kind" }>): string {
  return subject.by === "file" ? subject.path : subject.text;
}

const kindKey = (kind: (typeof KINDS)[number] | string) => `handoff.${kind}` as "handoff.goal";

/** The entry of a closed list that a select gives back as text. */
function chosen<W extends string>(all: readonly W[], word: string): W {
  return all.find((each) => each === word) ?? (all[0] as W);
}
