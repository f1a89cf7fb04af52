/** What waits for the person, the first few. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ArrowRightLeft } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useQueries } from "../../backend/use-backend";
import { ButtonLink } from "../../components/button";
import { Ago } from "../../components/moment";
import { useNow } from "../../lib/use-now";
import { waits } from "../inbox/groups";
import { InboxLine } from "../inbox/inbox-line";
import { Headline, lookOf } from "../inbox/inbox-words";
import { inboxAddress } from "../inbox/search";
import { Card, Nothing } from "./card";
import styles from "./overview-screen.module.css";

const MOST = 5;

export function WaitsCard() {
  const { t } = useTranslation();
  const { data } = useQuery(useQueries().threads());
  const now = useNow(60_000);
  const waiting = data?.items.filter((item) => waits(item, now)) ?? [];
  return (
    <Card
      title={t("inbox.waiting")}
      to="/inbox"
      {...(waiting.length > 0 ? { tone: "wait" as const } : {})}
      note={waiting.length > MOST ? t("bar.waiting", { count: waiting.length }) : undefined}
    >
      {data !== undefined && waiting.length === 0 && (
        <Nothing text={t("overview.nothing_waits")}>
          <ButtonLink to="/context" search={{}} icon={ArrowRightLeft} small>
            {t("inbox.hand_over")}
          </ButtonLink>
        </Nothing>
      )}
      <ul>
        {waiting.slice(0, MOST).map((thread) => {
          const { icon: Icon, tone } = lookOf(thread);
          return (
            <li key={thread.id}>
              <Link to="/inbox" search={inboxAddress(thread)} className={styles.row}>
                <Icon size={16} strokeWidth={1.75} data-tone={tone} aria-hidden />
                <span className={styles.what}>
                  <span className="cut">
                    <Headline thread={thread} />
                  </span>
                  <span className="small quiet cut">
                    {thread.execution === null ? (
                      <InboxLine thread={thread} />
                    ) : (
                      <>
                        {t(`inbox.${thread.kind}`)}, <bdi>{thread.execution.name}</bdi>
                      </>
                    )}
                  </span>
                </span>
                <span className="small quiet">
                  <Ago at={thread.since} />
                </span>
              </Link>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
