/** What changes against now, line by line with both numbers; nothing in it can hide. */
import { type ReactNode, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Exact } from "../../components/exact";
import { diffLines, diffSize } from "../../lib/diff";
import styles from "./diff.module.css";

const MARKS = { same: "", added: "+", removed: "−", gap: "" } as const;

interface DiffProps {
  diff: string;
  /** What else is said of it, in the line above. */
  children?: ReactNode;
}

export function Diff({ diff, children }: DiffProps) {
  const { t } = useTranslation();
  const lines = useMemo(() => diffLines(diff), [diff]);
  const size = diffSize(lines);
  return (
    <>
      <div className={styles.size}>
        {children}
        <bdi className="num">{t("approval.lines", size)}</bdi>
      </div>
      <ol className={styles.diff} dir="ltr">
        {lines.map((line, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a diff never move.
          <li key={at} data-kind={line.kind}>
            <span>{line.before}</span>
            <span>{line.after}</span>
            <span>{MARKS[line.kind]}</span>
            <span className={styles.text}>
              <Exact text={line.text} />
            </span>
          </li>
        ))}
      </ol>
    </>
  );
}
