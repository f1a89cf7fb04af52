/** The caps of a shortcut, drawn left to right in every language. */
import type { Shortcut } from "../actions/action";
import { caps } from "../actions/shortcut";
import styles from "./keys.module.css";

export function Keys({ shortcut }: { shortcut: Shortcut }) {
  return (
    <span className={styles.keys} dir="ltr" aria-hidden>
      {caps(shortcut).map((cap) => (
        <kbd key={cap}>{cap}</kbd>
      ))}
    </span>
  );
}

/** A quiet row of "key, word" under a list. */
export function KeyHints({ hints }: { hints: readonly { shortcuts: readonly Shortcut[]; word: string }[] }) {
  return (
    <div className={styles.hints} aria-hidden>
      {hints.map((hint) => (
        <span key={hint.word}>
          {hint.shortcuts.map((shortcut) => (
            <Keys key={shortcut} shortcut={shortcut} />
          ))}
          {hint.word}
        </span>
      ))}
    </div>
  );
}
