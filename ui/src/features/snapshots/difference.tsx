/** What is different from one moment to another: entries and sessions, each with what became of it. */
import { Link } from "@tanstack/react-router";
import { Equal, type LucideIcon, Minus, Plus, Repeat2, RotateCcw, TrendingUp, Undo2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Say } from "../../actions/action";
import type { SnapshotDiff } from "../../backend/views";
import { Button } from "../../components/button";
import styles from "./difference.module.css";

type Entry = SnapshotDiff["knowledge"][number];
type Session = SnapshotDiff["sessions"][number];

/** Rows of a part that are drawn before somebody wants more. */
const FIRST = 50;

export function Difference({ diff }: { diff: SnapshotDiff }) {
  const { t } = useTranslation();
  if (diff.knowledge.length === 0 && diff.sessions.length === 0) {
    return (
      <p className={styles.same}>
        <Equal size={16} strokeWidth={1.75} aria-hidden /> {t("snapshots.same")}
      </p>
    );
  }
  return (
    <div className={styles.difference}>
      <Part
        title={t("snapshots.knowledge")}
        changes={diff.knowledge}
        word={(entry) => entryWord(entry, t)}
        name={(entry) => <EntryName entry={entry} />}
      />
      <Part
        title={t("context.sessions")}
        changes={diff.sessions}
        word={(session) => sessionWord(session, t)}
        name={(session) => <SessionName session={session} />}
      />
    </div>
  );
}

interface Word {
  icon: LucideIcon;
  word: string;
  tone?: "well" | "bad" | "idle";
}

interface PartProps<C> {
  title: string;
  changes: readonly C[];
  word(change: C): Word;
  name(change: C): ReactNode;
}

function Part<C extends Entry | Session>({ title, changes, word, name }: PartProps<C>) {
  const { t } = useTranslation();
  const [most, setMost] = useState(FIRST);
  if (changes.length === 0) return null;
  return (
    <section aria-label={title}>
      <h3>
        {title} <span className="num faint">{changes.length}</span>
      </h3>
      <ul>
        {changes.slice(0, most).map((change) => {
          const { icon: Icon, word: told, tone } = word(change);
          return (
            <li key={change.id}>
              <span className={styles.word} data-tone={tone}>
                <Icon size={16} strokeWidth={1.75} aria-hidden />
                {told}
              </span>
              {name(change)}
            </li>
          );
        })}
      </ul>
      {changes.length > most && <Button onClick={() => setMost(most * 10)}>{t("context.more")}</Button>}
    </section>
  );
}

/** One that is gone leads nowhere. */
function EntryName({ entry }: { entry: Entry }) {
  const title = <bdi dir="auto">{entry.title}</bdi>;
  if (entry.change === "removed") return <span className={styles.name}>{title}</span>;
  return (
    <Link to="/knowledge" search={{ selected: entry.id }} className={styles.name}>
      {title}
    </Link>
  );
}

function SessionName({ session }: { session: Session }) {
  const { t } = useTranslation();
  const title = <bdi dir="auto">{session.title === "" ? t("context.no_title") : session.title}</bdi>;
  if (session.change === "removed") return <span className={styles.name}>{title}</span>;
  return (
    <Link to="/context/sessions/$id" params={{ id: session.id }} search={{}} className={styles.name}>
      {title}
    </Link>
  );
}

function entryWord({ change, superseded, withdrawn }: Entry, t: Say): Word {
  if (change === "added") return { icon: Plus, word: t("snapshots.added"), tone: "well" };
  if (change === "removed") return { icon: Minus, word: t("snapshots.removed"), tone: "bad" };
  if (withdrawn === true) return { icon: Undo2, word: t("snapshots.withdrawn"), tone: "idle" };
  return superseded === true
    ? { icon: Repeat2, word: t("snapshots.superseded"), tone: "idle" }
    : { icon: RotateCcw, word: t("snapshots.counts_again"), tone: "well" };
}

function sessionWord({ change, more }: Session, t: Say): Word {
  if (change === "added") return { icon: Plus, word: t("snapshots.added"), tone: "well" };
  if (change === "removed") return { icon: Minus, word: t("snapshots.removed"), tone: "bad" };
  const count = more ?? 0;
  if (count > 0) return { icon: TrendingUp, word: t("snapshots.more", { count }) };
  if (count < 0) return { icon: Minus, word: t("snapshots.fewer", { count: -count }), tone: "bad" };
  return { icon: Repeat2, word: t("snapshots.changed") };
}
