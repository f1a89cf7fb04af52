/** What of the log is shown. The step is the selected one, so it stands in the address. */
import { useTranslation } from "react-i18next";
import type { LogLine } from "../../backend/views";
import styles from "./log-view.module.css";

export type LogLevel = LogLine["level"];
const levels: readonly LogLevel[] = ["output", "info", "warn", "error"];

interface LogFiltersProps {
  level: LogLevel | null;
  onLevel(level: LogLevel | null): void;
  steps: readonly string[];
  step: string | undefined;
  onStep(step: string | undefined): void;
  count: number;
  dropped: number;
}

export function LogFilters({ level, onLevel, steps, step, onStep, count, dropped }: LogFiltersProps) {
  const { t } = useTranslation();
  return (
    <div className={styles.filters}>
      <select
        aria-label={t("log.level")}
        value={level ?? ""}
        onChange={(event) => onLevel(levels.find((each) => each === event.currentTarget.value) ?? null)}
      >
        <option value="">{t("log.all_levels")}</option>
        {levels.map((each) => (
          <option key={each} value={each}>
            {t(`log.${each}`)}
          </option>
        ))}
      </select>
      <select
        aria-label={t("log.step")}
        value={step ?? ""}
        onChange={(event) => onStep(steps.find((each) => each === event.currentTarget.value))}
      >
        <option value="">{t("log.all_steps")}</option>
        {steps.map((each) => (
          <option key={each} value={each}>
            {each}
          </option>
        ))}
      </select>
      <span className={styles.count}>
        {t("log.lines", { count })} {dropped > 0 && t("log.dropped", { count: dropped })}
      </span>
    </div>
  );
}
