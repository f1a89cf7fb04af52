/** How much of what must not be lost each handoff of a project kept, oldest first. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useQueries } from "../../backend/use-backend";
import type { ProjectId } from "../../backend/views";
import { exact } from "../../components/moment";
import { instant } from "../../lib/span";
import styles from "./kept-over-time.module.css";

/** Below this share a handoff is not good enough. */
const FLOOR = 0.9;

export function KeptOverTime({ project }: { project: ProjectId }) {
  const { t, i18n } = useTranslation();
  const { data } = useQuery(useQueries().handoffsOf(project));
  const scored = (data?.items ?? []).filter(
    ({ score, state }) => score !== null && state !== "withdrawn" && state !== "not_sent",
  );
  const scores = scored.map(({ score }) => score ?? 0);
  if (scores.length === 0) return null;
  const percent = new Intl.NumberFormat(i18n.language, { style: "percent", maximumFractionDigits: 0 });
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  const words = t("handoff.history_is", { last: percent.format(scores[0] ?? 0), mean: percent.format(mean) });
  return (
    <section className={styles.kept} aria-labelledby="kept">
      <h2 id="kept">{t("handoff.history")}</h2>
      <span className="small quiet">
        <Link to="/context/handoffs">{t("handoff.history_of", { count: scores.length })}</Link> · {words}
      </span>
      <div className={styles.bars} dir="ltr" role="img" aria-label={words}>
        {[...scored].reverse().map(({ id, score, created_at }) => (
          <i
            key={id}
            data-tone={(score ?? 0) >= FLOOR ? "well" : "warn"}
            style={{ height: `${Math.max(8, (score ?? 0) * 100)}%` }}
            title={`${percent.format(score ?? 0)} · ${exact(instant(created_at) ?? 0, i18n.language)}`}
          />
        ))}
      </div>
    </section>
  );
}
