/** From whom to whom a handoff goes, when what happened to it, and what was noted: only what is known. */
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { HandoffView } from "../../backend/views";
import { AccountName } from "../../components/account-name";
import { ClockTime } from "../../components/moment";
import styles from "./handoff-pane.module.css";

export function HandoffFacts({ handoff }: { handoff: HandoffView }) {
  const { t, i18n } = useTranslation();
  const number = new Intl.NumberFormat(i18n.language);
  const { from_account_id: from, to_account_id: to, claimed_at, claimed_by, history_tokens } = handoff;
  return (
    <dl className={styles.facts}>
      {from !== null && (
        <Fact name={t("queue.from")}>
          <AccountName id={from} detailed />
        </Fact>
      )}
      <Fact name={t("queue.to")}>{to === null ? t("queue.anybody") : <AccountName id={to} detailed />}</Fact>
      <Fact name={t("queue.made")}>
        <ClockTime at={handoff.created_at} />
      </Fact>
      {claimed_at !== null && (
        <Fact name={t("handoff.state_claimed")}>
          <ClockTime at={claimed_at} />
          {claimed_by !== null && claimed_by !== to && (
            <>
              , <AccountName id={claimed_by} detailed />
            </>
          )}
        </Fact>
      )}
      {handoff.done_at !== null && (
        <Fact name={t(`handoff.state_${handoff.state}`)}>
          <ClockTime at={handoff.done_at} />
        </Fact>
      )}
      {handoff.note !== null && (
        <Fact name={t("queue.note")}>
          <bdi dir="auto">{handoff.note}</bdi>
        </Fact>
      )}
      {handoff.folder !== null && (
        <Fact name={t("context.folder")}>
          <bdi className="mono" dir="ltr">
            {handoff.folder}
          </bdi>
        </Fact>
      )}
      <Fact name={t("queue.length")}>
        {t("handoff.of_tokens", {
          tokens: number.format(handoff.tokens),
          budget: number.format(handoff.budget),
        })}
        {history_tokens !== null && (
          <span className="quiet"> · {t("queue.history", { count: history_tokens })}</span>
        )}
      </Fact>
      {handoff.snapshot_id !== null && (
        <Fact name={t("handoff.part_snapshot")}>
          <Link to="/context/snapshots" search={{ id: handoff.snapshot_id }} className={styles.link}>
            {t("queue.frozen_then")}
          </Link>
        </Fact>
      )}
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
