/** One handoff of the queue: what it is about, where it stands, for whom, and what can be done with it. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useQueries } from "../../backend/use-backend";
import type { HandoffView } from "../../backend/views";
import { useAccountNames } from "../../components/account-name";
import { Ago } from "../../components/moment";
import panes from "../../components/panes.module.css";
import { HandoffAnswers } from "./handoff-answers";
import { HandoffState } from "./handoff-state";
import styles from "./handoffs-screen.module.css";
import { PartLines } from "./part-lines";

export function HandoffRow({ handoff, chosen }: { handoff: HandoffView; chosen: boolean }) {
  const { t, i18n } = useTranslation();
  const nameOf = useAccountNames();
  const { name, project } = useHandoffName(handoff);
  const percent = new Intl.NumberFormat(i18n.language, { style: "percent" });
  const receiver = handoff.claimed_by ?? handoff.to_account_id;
  const to = receiver === null ? undefined : nameOf(receiver)?.name;
  return (
    <li className={panes.item} data-handoff={handoff.id} data-chosen={chosen || undefined}>
      <Link
        to="/context/handoffs"
        search={{ id: handoff.id }}
        className={panes.row}
        aria-current={chosen || undefined}
      >
        <span className={panes.name}>
          <bdi dir="auto">{name}</bdi>
          <span className="small quiet">
            <Ago at={handoff.created_at} />
          </span>
        </span>
        <span className={panes.facts}>
          <HandoffState state={handoff.state} />
          {project !== undefined && project !== name && <bdi dir="auto">{project}</bdi>}
          {to !== undefined && <bdi dir="auto">{t("handoff.for", { account: to })}</bdi>}
          {handoff.score !== null && (
            <span>{t("handoff.score", { score: percent.format(handoff.score) })}</span>
          )}
        </span>
      </Link>
      {/* What stands is told where the whole is shown; what went wrong is told here. */}
      <div className={styles.wrong}>
        <PartLines parts={handoff.parts.filter(({ ok }) => !ok)} />
      </div>
      <div className={styles.buttons}>
        <HandoffAnswers handoff={handoff} />
      </div>
    </li>
  );
}

/** What it is called: by what is to be done, else by where the work lies; and its project. */
export function useHandoffName({ goal, project_id, folder }: HandoffView): {
  name: string;
  project: string | undefined;
} {
  const { t } = useTranslation();
  const { data } = useQuery(useQueries().projects());
  const project = data?.items.find(({ id }) => id === project_id)?.name;
  return { name: goal ?? project ?? folder ?? t("handoff.given_context"), project };
}
