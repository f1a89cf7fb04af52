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
      <bdi className={`${styles.number} num`}>{value}</bdi>
      {note !== undefined && <span className="small quiet">{note}</span>}
    </>
  );
}

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
