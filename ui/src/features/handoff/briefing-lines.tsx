/** The lines of a briefing by section, each with the sources that it cites. */
import { PenLine } from "lucide-react";
import { Fragment, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { TextKey } from "../../actions/action";
import type { Briefing } from "../../backend/views";
import styles from "./briefing-lines.module.css";
import { type ItemKind, type Labelled, type Place, placeOf, sectionsOf } from "./places";

/** Sections under their names. */
const titles = {
  goal: "handoff.goal",
  last_request: "handoff.last_request",
  constraint: "handoff.constraint",
  decision: "handoff.decision",
  open_item: "handoff.open_item",
  pinned: "handoff.pinned",
  file: "handoff.file",
  command: "handoff.command",
  error: "handoff.error",
  change: "handoff.change",
  captured: "handoff.captured",
  statement: "handoff.statement",
  shortened: "handoff.shortened",
  kept: "handoff.kept_rule",
  session: "handoff.session_kind",
} as const satisfies Record<ItemKind, TextKey>;

interface BriefingLinesProps {
  items: Briefing["items"];
  /** The sessions that the lines cite. */
  sessions: readonly Labelled[];
  /** The way to a message that is cited; what is no message of a stored session leads nowhere. */
  source(place: Place, reference: string): ReactNode;
}

export function BriefingLines({ items, sessions, source }: BriefingLinesProps) {
  const { t } = useTranslation();
  return (
    <div className={styles.lines}>
      {sectionsOf(items).map(({ kind, items: ofKind }) => (
        <section key={kind}>
          <h3>{t(titles[kind])}</h3>
          <ul>
            {ofKind.map((item, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: lines have no id, and their order is the text's.
              <li key={place}>
                <span>
                  {item.by_model === true && (
                    <PenLine
                      size={13}
                      strokeWidth={1.75}
                      className={styles.byModel}
                      role="img"
                      aria-label={t("handoff.by_model")}
                    />
                  )}
                  <Coded text={item.text} />
                </span>
                <span className={styles.sources}>
                  {item.sources.map(({ ref }) => {
                    const to = placeOf(ref, sessions);
                    return to === null ? (
                      <code key={ref} dir="ltr">
                        {ref}
                      </code>
                    ) : (
                      <Fragment key={ref}>{source(to, ref)}</Fragment>
                    );
                  })}
                </span>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

/** A line of the text, with what stands between backticks as code. */
function Coded({ text }: { text: string }) {
  return (
    <bdi dir="auto" className={styles.said}>
      {text.split(/`([^`]+)`/).map((part, place) =>
        // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text.
        place % 2 === 1 ? <code key={place}>{part}</code> : part,
      )}
    </bdi>
  );
}
