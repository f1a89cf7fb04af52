/** A log said that this account ran out: since when, until when as far as anybody said, and where that stands. */
import { Link } from "@tanstack/react-router";
import { Hourglass } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { AccountView } from "../../backend/views";
import { Exact } from "../../components/exact";
import { ClockTime } from "../../components/moment";
import { Reason } from "../../components/reasons";
import styles from "./account-drawer.module.css";

export function RanOut({ account: { ran_out: out } }: { account: AccountView }) {
  const { t } = useTranslation();
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
