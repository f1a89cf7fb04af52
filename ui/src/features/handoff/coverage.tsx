/** How much of what must not be lost a briefing holds, against the floor. */
import type { CSSProperties } from "react";
import { useTranslation } from "react-i18next";
import type { Briefing } from "../../backend/views";
import styles from "./meter.module.css";

/** Below this share of what must be kept a handoff is not good enough. */
const FLOOR = 0.9;

type Loss = NonNullable<Briefing["coverage"]["loss"]>;

export function Coverage({ loss }: { loss: Loss }) {
  const { t, i18n } = useTranslation();
  const percent = new Intl.NumberFormat(i18n.language, { style: "percent" });
  const tone = loss.score >= FLOOR ? "well" : "warn";
  return (
    <div className={styles.meter}>
      <p>
        <span>{t("handoff.coverage")}</span>
        <b data-tone={tone} className="num">
          {percent.format(loss.score)}
        </b>
      </p>
      <meter
        min={0}
        max={1}
        low={FLOOR}
        value={loss.score}
        aria-label={t("handoff.coverage")}
        data-tone={tone}
        style={{ "--share": `${loss.score * 100}%`, "--floor": `${FLOOR * 100}%` } as CSSProperties}
      />
      <p className={styles.scale}>
        <span>
          {t("handoff.kept", {
            facts: loss.facts_kept,
            of: loss.facts,
            probes: loss.probes_answered,
            of_probes: loss.probes,
          })}
        </span>
        <span>{t("handoff.floor", { floor: percent.format(FLOOR) })}</span>
      </p>
    </div>
  );
}
