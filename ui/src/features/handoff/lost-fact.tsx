/** One fact that a briefing does not say: its words, what it would cost, and what can be done about it. */
import { TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import styles from "./lost-facts.module.css";
import { type LostFact as Fact, type Labelled, type Place, placeOf } from "./places";

interface LostFactProps {
  fact: Fact;
  /** The sessions that its source is looked for in. */
  sessions: readonly Labelled[];
  /** The words as the way to the message that says them. */
  way(place: Place, text: string): ReactNode;
  children?: ReactNode;
}

export function LostFact({ fact, sessions, way, children }: LostFactProps) {
  const [source] = fact.sources;
  const to = source === undefined ? null : placeOf(source.ref, sessions);
  return (
    <li>
      <TriangleAlert size={14} strokeWidth={1.75} data-tone="warn" aria-hidden />
      {to === null ? (
        <bdi dir="auto" className={styles.text}>
          {fact.text}
        </bdi>
      ) : (
        way(to, fact.text)
      )}
      <span className="small faint num" dir="ltr">
        +{fact.tokens}
      </span>
      {children}
    </li>
  );
}
