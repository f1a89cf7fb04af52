/** How many steps are through, as a thin bar; the number stands beside it, never only in the bar. */
import styles from "./progress.module.css";
import type { Tone } from "./status";

export function Progress({ done, total, tone }: { done: number; total: number; tone: Tone }) {
  const share = total === 0 ? 0 : Math.min(1, done / total);
  return (
    <span className={styles.meter} data-tone={tone} aria-hidden>
      <i style={{ width: `${share * 100}%` }} />
    </span>
  );
}
