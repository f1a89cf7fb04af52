/** A drafted handoff beside the list: who ran out and until when, who could go on and why, what would happen. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Check, CircleSlash } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useQueries } from "../../backend/use-backend";
import type { DraftView, ReasonView, SentHandoff } from "../../backend/views";
import { Exact } from "../../components/exact";
import { ClockTime } from "../../components/moment";
import { Reason, reasonKey } from "../../components/reasons";
import { PartLines } from "../handoff/part-lines";
import { BecomesProject, PlanLines } from "../handoff/plan-lines";
import styles from "./draft-peek.module.css";
import { useKept, useUntil } from "./inbox-line";
import { receiverOf } from "./inbox-words";

export function DraftPeek({ draft }: { draft: DraftView }) {
  const { t } = useTranslation();
  const until = useUntil(draft);
  const kept = useKept(draft);
  const to = receiverOf(draft);
  const others = draft.ranked.filter(({ id }) => id !== draft.to_account_id);
  return (
    <>
      <section>
        <h3>{t("inbox.cause")}</h3>
        <p>
          {draft.account_id === null ? (
            <bdi dir="auto">{draft.who}</bdi>
          ) : (
            <Link to="/accounts" search={{ selected: draft.account_id }} className={styles.link}>
              <bdi dir="auto">{draft.who}</bdi>
            </Link>
          )}{" "}
          · <ClockTime at={draft.ran_out_at} /> · {until}
          {draft.resets_at !== null && (
            <>
              {" "}
              (<ClockTime at={draft.resets_at} />)
            </>
          )}
        </p>
        {draft.resets_zone !== null && (
          <p className="small quiet">{t("reason.assumed", { zone: draft.resets_zone })}</p>
        )}
        <p className="quiet">
          <bdi dir="auto">
            <Exact text={draft.said} />
          </bdi>
        </p>
        {draft.sessions.length > 1 && <MetBy sessions={draft.sessions} />}
        {draft.sessions.length < 2 && draft.session_id !== null && (
          <p className="small">
            <Link
              to="/context/sessions/$id"
              params={{ id: draft.session_id }}
              search={{}}
              className={styles.link}
            >
              {t("handoff.source")}
            </Link>
          </p>
        )}
      </section>
      <section>
        <h3>{t("inbox.proposed")}</h3>
        {to === undefined ? (
          <p>{t("inbox.no_receiver")}.</p>
        ) : (
          <Reasons name={to.name} reasons={to.reasons} usable />
        )}
        {kept !== null && <p className="quiet">{kept}</p>}
        {draft.tokens === null && (
          <p className="quiet">
            <bdi dir="auto">{draft.trouble ?? t("inbox.no_work")}</bdi>
          </p>
        )}
        {others.length > 0 && (
          <details className={styles.others} open={to === undefined}>
            <summary>{t("inbox.others_cannot")}</summary>
            {others.map(({ id, name, reasons, usable }) => (
              <Reasons key={id} name={name} reasons={reasons} usable={usable} />
            ))}
          </details>
        )}
      </section>
      {draft.project_id !== null && draft.tokens !== null && (
        <Would project={draft.project_id} to={draft.to_account_id ?? undefined} />
      )}
      {draft.project_id === null && draft.becomes !== null && (
        <section>
          <h3>{t("inbox.would")}</h3>
          <BecomesProject name={draft.becomes} folder={draft.folder} />
        </section>
      )}
    </>
  );
}

function MetBy({ sessions }: { sessions: DraftView["sessions"] }) {
  const { t } = useTranslation();
  return (
    <>
      <p className="small">{t("inbox.met_by")}</p>
      <ul className={styles.met}>
        {sessions.map(({ id, title }) => (
          <li key={id}>
            <Link to="/context/sessions/$id" params={{ id }} search={{}} className={styles.link}>
              <bdi dir="auto">{title ?? t("context.no_title")}</bdi>
            </Link>
          </li>
        ))}
      </ul>
    </>
  );
}

interface ReasonsProps {
  name: string;
  reasons: readonly ReasonView[];
  usable: boolean;
}

function Reasons({ name, reasons, usable }: ReasonsProps) {
  const Icon = usable ? Check : CircleSlash;
  return (
    <div className={styles.account} data-usable={usable}>
      <b>
        <bdi dir="auto">{name}</bdi>
      </b>
      <ul>
        {reasons.map((reason) => (
          <li key={reasonKey(reason)}>
            <Icon size={14} strokeWidth={1.75} aria-hidden />
            <Reason reason={reason} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function Would({ project, to }: { project: string; to: string | undefined }) {
  const { t } = useTranslation();
  const { data } = useQuery(useQueries().handoffPlan(project, to));
  return (
    <section aria-busy={data === undefined}>
      <h3>{t("inbox.would")}</h3>
      {data !== undefined && <PlanLines plan={data} />}
    </section>
  );
}

/** A handoff that waits for somebody: what came of its parts. */
export function SentPeek({ handoff }: { handoff: SentHandoff }) {
  const { t } = useTranslation();
  const kept = useKept(handoff);
  return (
    <section>
      <h3>{t("inbox.not_claimed")}</h3>
      {handoff.goal !== null && (
        <p>
          <bdi dir="auto">{handoff.goal}</bdi>
        </p>
      )}
      {kept !== null && <p className="quiet">{kept}</p>}
      <PartLines parts={handoff.parts} />
    </section>
  );
}
