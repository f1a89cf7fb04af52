/** One session: whose it is, and its messages. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { ArrowRightLeft, Hourglass, MessagesSquare } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useQueries } from "../../backend/use-backend";
import type { ProjectId, SessionView } from "../../backend/views";
import { AccountName } from "../../components/account-name";
import { ButtonLink } from "../../components/button";
import { ClockTime } from "../../components/moment";
import { ErrorState, LoadingRows, PlaceState } from "../../components/place-state";
import frame from "../../components/screen.module.css";
import { GitLine } from "./git-line";
import { MessageList } from "./message-list";
import styles from "./session-screen.module.css";
import { toolName } from "./tool-name";

const route = getRouteApi("/context/sessions/$id");

export function SessionScreen() {
  const { t } = useTranslation();
  const { id } = route.useParams();
  const { at } = route.useSearch();
  const { data, isError, error, refetch } = useQuery(useQueries().session(id));
  if (data === undefined) {
    return isError ? (
      <ErrorState error={error} onRetry={() => void refetch()} />
    ) : (
      <LoadingRows height={52} />
    );
  }
  return (
    <div className={`${frame.screen} ${styles.screen}`}>
      <Head session={data} />
      {data.messages === 0 ? (
        <PlaceState icon={MessagesSquare} title={t("context.no_messages")} text="" />
      ) : (
        <MessageList key={data.id} id={data.id} count={data.messages} at={at} />
      )}
    </div>
  );
}

function Head({ session }: { session: SessionView }) {
  const { t, i18n } = useTranslation();
  const { data: projects } = useQuery(useQueries().projects());
  const project = projects?.items.find(({ id }) => id === session.project_id);
  const { input, output, cache_read, cache_write } = session.usage;
  const secrets = Object.values(session.redactions).reduce((sum, times) => sum + times, 0);
  const number = new Intl.NumberFormat(i18n.language);
  return (
    <header className={`${frame.head} ${styles.head}`}>
      <p className="small quiet">
        <Link to="/context" search={{}}>
          {t("context.title")}
        </Link>
        {session.project_id !== null && (
          <>
            {" › "}
            <Link to="/context/$id" params={{ id: session.project_id }}>
              <bdi>{project?.name ?? t("context.project")}</bdi>
            </Link>
          </>
        )}
      </p>
      <div className={styles.line}>
        <h1>
          <bdi>{session.title ?? t("context.no_title")}</bdi>
        </h1>
        {session.project_id !== null && (
          <ButtonLink
            to="/context/$id/handoff"
            params={{ id: session.project_id }}
            search={{ session: session.id }}
            tone={session.limited ? "go" : "plain"}
            icon={ArrowRightLeft}
          >
            {t("handoff.open")}
          </ButtonLink>
        )}
      </div>
      <p className={styles.facts}>
        {session.limited && (
          <span className={styles.limited} data-tone="warn">
            <Hourglass size={14} strokeWidth={1.75} aria-hidden />
            {t("context.limit")}
          </span>
        )}
        <span>{toolName(session.source)}</span>
        {session.account_id !== null && (
          <span>
            <AccountName id={session.account_id} detailed />
          </span>
        )}
        {session.model !== null && <bdi className="mono">{session.model}</bdi>}
        <span>{t("context.messages_count", { count: session.messages })}</span>
        {input + output + cache_read + cache_write > 0 && (
          <span>
            {t("context.usage", {
              input: number.format(input + cache_read + cache_write),
              output: number.format(output),
            })}
          </span>
        )}
        {session.started_at !== null && <ClockTime at={session.started_at} />}
        {session.git_branch !== null && <Branch session={session} name={session.git_branch} />}
        {session.project_id !== null && <Now project={session.project_id} />}
        {session.broken_lines > 0 && (
          <span data-tone="warn">{t("context.broken_count", { count: session.broken_lines })}</span>
        )}
        {secrets > 0 && <span>{t("context.secrets_count", { count: secrets })}</span>}
      </p>
    </header>
  );
}

/** The branch that it worked on, where that is not the one that is shown beside it. */
function Branch({ session, name }: { session: SessionView; name: string }) {
  const project = useQuery({
    ...useQueries().project(session.project_id ?? ""),
    enabled: session.project_id !== null,
  });
  return project.data?.git?.branch === name ? null : <bdi className="mono">{name}</bdi>;
}

/** Where the repository of its project stands now. */
function Now({ project }: { project: ProjectId }) {
  const { data } = useQuery(useQueries().project(project));
  return data?.git == null ? null : <GitLine project={data.project} git={data.git} />;
}
