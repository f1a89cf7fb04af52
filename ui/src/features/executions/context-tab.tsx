/** What each step found, one line per step; the whole of it stands in the inspector. */
import { useQuery } from "@tanstack/react-query";
import { ScanEye } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useQueries } from "../../backend/use-backend";
import type { ExecutionId, FoundView, StepView } from "../../backend/views";
import { Exact } from "../../components/exact";
import { ClockTime, Span } from "../../components/moment";
import { ErrorState, LoadingRows } from "../../components/place-state";
import { StatusIcon } from "../../components/status";
import styles from "./detail-tabs.module.css";
import { foundParts } from "./found-line";

export interface TabBody {
  id: ExecutionId;
  steps: readonly StepView[];
  selected: string | undefined;
  onSelect(step: string | undefined): void;
}

/** More rows than this say nothing at one look; the table of steps has them all. */
const MOST = 200;

export function ContextTab({ id, steps, selected, onSelect }: TabBody) {
  const { t } = useTranslation();
  const { data, isError, error, refetch } = useQuery(useQueries().context(id));
  if (data === undefined) {
    return isError ? (
      <ErrorState error={error} onRetry={() => void refetch()} />
    ) : (
      <LoadingRows height={32} />
    );
  }
  const byId = new Map(steps.map((step) => [step.id, step]));
  const ended = data.found.filter((found) => found.output !== null || found.status === "failed");
  if (ended.length === 0) return <p className={styles.note}>{t("detail.nothing_found")}</p>;
  return (
    <>
      <table className={styles.table}>
        <thead>
          <tr>
            <th>{t("step.step")}</th>
            <th className={styles.rare}>{t("step.tool")}</th>
            <th>{t("detail.found")}</th>
            <th className={styles.end}>{t("step.took")}</th>
          </tr>
        </thead>
        <tbody>
          {ended.slice(0, MOST).map((found) => (
            <tr key={found.step} data-selected={found.step === selected || undefined}>
              <td className={styles.short}>
                <StatusIcon status={found.status} size={12} />{" "}
                <button type="button" className={styles.name} onClick={() => onSelect(found.step)}>
                  <bdi>{found.step}</bdi>
                </button>
              </td>
              <td className={styles.rare}>
                <code className="faint">{found.tool}</code>
              </td>
              <td className={styles.wide}>
                <FoundLine found={found} />
              </td>
              <td className={styles.end}>
                <Took step={byId.get(found.step)} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {ended.length > MOST && (
        <p className={styles.note}>{t("detail.more", { count: ended.length - MOST })}</p>
      )}
    </>
  );
}

function Took({ step }: { step: StepView | undefined }) {
  if (step === undefined) return null;
  return (
    <span className="quiet num">
      <Span from={step.started_at} to={step.ended_at} />
    </span>
  );
}

function FoundLine({ found }: { found: FoundView }) {
  const { t, i18n } = useTranslation();
  const number = new Intl.NumberFormat(i18n.language);
  return (
    <div className={styles.found}>
      {foundParts(found.output).map(({ name, count, text }) => (
        <span key={name ?? ""} className={text === null ? undefined : styles.text}>
          {name !== null && <span className="quiet">{name.replaceAll("_", " ")} </span>}
          {count !== null && <b className="num">{number.format(count)}</b>}
          {text !== null && <FoundText text={text} />}
        </span>
      ))}
      {found.untrusted && (
        <ScanEye size={12} className="faint" role="img" aria-label={t("detail.untrusted")}>
          <title>{t("detail.untrusted")}</title>
        </ScanEye>
      )}
    </div>
  );
}

const MOMENT = /^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:\d{2})$/;

function FoundText({ text }: { text: string }) {
  if (MOMENT.test(text)) return <ClockTime at={text} />;
  return (
    <bdi dir="auto">
      <Exact text={text} />
    </bdi>
  );
}
