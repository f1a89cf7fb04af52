/** A log said that this account ran out: since when, until when as far as anybody said, and where that stands. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Hourglass } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useQueries } from "../../backend/use-backend";
import type { AccountView } from "../../backend/views";
import { Exact } from "../../components/exact";
import { ClockTime } from "../../components/moment";
import { Reason } from "../../components/reasons";
import { waits } from "../inbox/groups";
import { Headline } from "../inbox/inbox-words";
import { inboxAddress } from "../inbox/search";
import styles from "./account-drawer.module.css";

export function RanOut({ account }: { account: AccountView }) {
  const { t } = useTranslation();
  const out = account.ran_out;
  if (out === null) return null;
  return (
    <section className={styles.early} data-tone="bad">
      <p>
        <Hourglass size={16} strokeWidth={1.75} aria-hidden />
        <span className={styles.first}>
          <Reason reason={{ kind: "ran_out", out }} />
        </span>
      </p>
      <p className="small quiet">
        <bdi dir="auto">
          <Exact text={out.said} />
        </bdi>
      </p>
      <p className="small quiet">
        {t("accounts.ends_by")}
        {out.resets_at === null && out.until !== null && (
          <>
            {" "}
            {t("accounts.ends_anyway")} <ClockTime at={out.until} />.
          </>
        )}
      </p>
      <GoesOn account={account} />
      {out.session_id !== null && (
        <p className="small">
          <Link
            to="/context/sessions/$id"
            params={{ id: out.session_id }}
            search={{}}
            className={styles.link}
          >
            {t("accounts.where_it_says_so")}
          </Link>
        </p>
      )}
    </section>
  );
}

/** The work of this account that waits to be handed over. */
function GoesOn({ account }: { account: AccountView }) {
  const { data } = useQuery(useQueries().threads());
  const mine = data?.items.filter(
    (thread) => thread.draft?.account_id === account.id && waits(thread, Date.now()),
  );
  return mine?.map((thread) => (
    <p key={thread.id}>
      <Link to="/inbox" search={inboxAddress(thread)} className={styles.link}>
        <Headline thread={thread} />
      </Link>
    </p>
  ));
}
