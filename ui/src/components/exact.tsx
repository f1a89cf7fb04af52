/** A text exactly as its bytes are: what would hide is drawn as a mark with its code point. */
import { Fragment, memo } from "react";
import { pieces, shown } from "../lib/visible";
import styles from "./exact.module.css";

export const Exact = memo(function Exact({ text }: { text: string }) {
  let at = 0;
  return pieces(text).map((piece) => {
    const key = at;
    at += piece.text.length;
    if (piece.hidden === null) return <Fragment key={key}>{piece.text}</Fragment>;
    return (
      <mark key={key} className={styles.hidden} title={piece.hidden}>
        {shown(piece)}
      </mark>
    );
  });
});

/** A sentence of the core: what it quotes by backticks is set as code. */
export function Quoted({ text }: { text: string }) {
  return text.split(/`([^`\n]+)`/).map((part, at) =>
    at % 2 === 1 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a sentence never move.
      <code key={at} className={styles.quoted}>
        <Exact text={part} />
      </code>
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a sentence never move.
      <Exact key={at} text={part} />
    ),
  );
}

/** A value of an argument or an output: a text as it is, everything else as JSON. */
export function ExactValue({ value }: { value: unknown }) {
  const text = typeof value === "string" ? value : (JSON.stringify(value, null, 2) ?? "");
  return (
    <pre className={styles.pane} dir="auto" tabIndex={0}>
      <Exact text={text} />
    </pre>
  );
}

/** The fields of an object one under the other; what is no object stands alone. */
export function ExactFields({ value }: { value: unknown }) {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return <ExactValue value={value} />;
  return (
    <dl className={styles.fields} dir="ltr" tabIndex={0}>
      {Object.entries(value).map(([name, field]) => (
        <div key={name} data-long={isLong(field) || undefined}>
          <dt>{name}</dt>
          <dd dir="auto">
            <Exact text={typeof field === "string" ? field : (JSON.stringify(field, null, 2) ?? "")} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function isLong(value: unknown): boolean {
  const text = typeof value === "string" ? value : (JSON.stringify(value, null, 2) ?? "");
  return text.length > 60 || text.includes("\n");
}
