/** Lies over the screen while files are dragged over the window, and says what came of those that were taken. */
import "../../i18n/late";
import { CircleCheck, FileUp, TriangleAlert, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { IconButton } from "../../components/button";
import styles from "./import-layer.module.css";
import type { OnItsWay, Outcome } from "./import-provider";
import { KeptElsewhere } from "./kept-elsewhere";

interface ImportLayerProps {
  over: boolean;
  now: OnItsWay | null;
  outcomes: readonly Outcome[];
  onClose(): void;
}

export function ImportLayer({ over, now, outcomes, onClose }: ImportLayerProps) {
  const { t } = useTranslation();
  return (
    <div className={styles.layer} data-over={over || undefined}>
      {over && (
        <p className={styles.hint}>
          <FileUp size={20} strokeWidth={1.6} aria-hidden />
          {t("context.drop")}
        </p>
      )}
      {(now !== null || outcomes.length > 0) && (
        <section className={styles.told} aria-label={t("context.import")} aria-live="polite">
          {now !== null && (
            <p>
              {t("context.importing", { name: now.name })}{" "}
              <span className="num quiet">{Math.round(now.share * 100)} %</span>
            </p>
          )}
          {outcomes.map((outcome) => (
            <Told key={outcome.number} outcome={outcome} />
          ))}
          {now === null && (
            <IconButton icon={X} label={t("context.close")} className={styles.close} onClick={onClose} />
          )}
        </section>
      )}
    </div>
  );
}

function Told({ outcome }: { outcome: Outcome }) {
  const { t } = useTranslation();
  if ("trouble" in outcome) {
    return (
      <div className={styles.outcome} data-failed>
        <TriangleAlert size={16} strokeWidth={1.75} data-tone="bad" aria-hidden />
        <p>
          <bdi className={styles.name}>{outcome.name}</bdi>: <bdi dir="auto">{outcome.trouble}</bdi>
        </p>
      </div>
    );
  }
  const { report, project } = outcome;
  const secrets = Object.values(report.redactions).reduce((sum, times) => sum + times, 0);
  const [only] = report.skipped;
  // One file that is no transcript: its name and why, once, instead of counts of nothing.
  if (report.sessions.length === 0 && report.skipped.length === 1 && only?.path === outcome.name) {
    return (
      <div className={styles.outcome}>
        <TriangleAlert size={16} strokeWidth={1.75} data-tone="warn" aria-hidden />
        <p>
          <bdi className={styles.name}>{only.path}</bdi>: <bdi dir="auto">{only.why}</bdi>
        </p>
      </div>
    );
  }
  const came = report.sessions.length > 0;
  const Icon = came ? CircleCheck : TriangleAlert;
  return (
    <div className={styles.outcome}>
      <Icon size={16} strokeWidth={1.75} data-tone={came ? "well" : "warn"} aria-hidden />
      <div>
        <p>
          <bdi className={styles.name}>{outcome.name}</bdi>:{" "}
          {t("context.sessions_count", { count: report.sessions.length })},{" "}
          {t("context.new_count", { count: report.new_messages })}
          {report.broken_lines > 0 && <>, {t("context.broken_count", { count: report.broken_lines })}</>}
          {secrets > 0 && <>, {t("context.secrets_count", { count: secrets })}</>}
        </p>
        <KeptElsewhere sessions={report.sessions} project={project} />
        {report.lost_because !== null && (
          <p className="small" data-tone="warn">
            {t("context.secrets_lost", { count: report.lost_secrets })} <bdi>{report.lost_because}</bdi>
          </p>
        )}
        {report.skipped.map((left) => (
          <p key={left.path} className="small quiet">
            <bdi>{left.path}</bdi>: <bdi dir="auto">{left.why}</bdi>
          </p>
        ))}
      </div>
    </div>
  );
}
