/** Numbers in a row, each with its name and with where it comes from. */
import type { ReactNode } from "react";
import styles from "./figures.module.css";

export function Figures({ children }: { children: ReactNode }) {
  return <dl className={styles.figures}>{children}</dl>;
}

export function Figure({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={styles.figure}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

export function Told({ value, note }: { value: ReactNode; note?: ReactNode }) {
  return (
    <>
      <bdi className={`${styles.number} num`} data-long={isLong(value) || undefined}>
        {value}
      </bdi>
      {note !== undefined && <span className="small quiet">{note}</span>}
    </>
  );
}

/** More than a column holds in one line at full size: "0.00 of 5.00 USD". */
const isLong = (value: ReactNode) => typeof value === "string" && value.length > 12;

/** Nobody knows the number; beside it stands the way to know it. */
export function NotKnown({ children }: { children?: ReactNode }) {
  return (
    <>
      <span className={`${styles.number} faint`} aria-hidden>
        –
      </span>
      {children}
    </>
  );
}
