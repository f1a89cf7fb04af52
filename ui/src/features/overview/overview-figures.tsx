/** What there is, in six numbers, each with where it comes from and how old it is. What nobody knows is a dash with the way to know it. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useQueries } from "../../backend/use-backend";
import type { Days, StatsView } from "../../backend/views";
import { Figure, Figures, NotKnown, Told } from "../../components/figures";
import { Ago } from "../../components/moment";
import { shortCount, usd } from "../../lib/amounts";
import { lastDays } from "../../lib/days";
import { useNow } from "../../lib/use-now";
import styles from "./overview-screen.module.css";

export function OverviewFigures({ stats, today }: { stats: StatsView; today: Days }) {
  const { t, i18n } = useTranslation();
  const queries = useQueries();
  const usage = useQuery({ ...queries.insightsUsage(today, "day"), placeholderData: (last) => last });
  const month = lastDays(30, useNow(60_000));
  const projects = useQuery(queries.projects());
  const accounts = useQuery(queries.accounts());
  const worked = latest(projects.data?.items.map((project) => project.last_session_at) ?? []);
  const seen = latest(
    accounts.data?.items.flatMap((account) => account.limits.map((limit) => limit.seen_at)) ?? [],
  );
  const saved = useQuery({ ...queries.insightsSaved(month), placeholderData: (last) => last });
  const language = i18n.language;
  const count = (number: number) => new Intl.NumberFormat(language).format(number);
  const least = (isLeast: boolean, amount: string) => (isLeast ? t("bar.at_least", { amount }) : amount);
  const measured = saved.data !== undefined && saved.data.handoffs > saved.data.unmeasured;
  const tokens = usage.data?.total.both;
  const spent = least(stats.today.at_least, usd(Number(stats.today.usd), language));
  return (
    <Figures>
      <Figure name={t("overview.projects")}>
        {stats.all_projects === 0 ? (
          <Missing to="/context" word={t("overview.add_project")} />
        ) : (
          <Told
            value={t("accounts.of_all", { count: stats.projects, all: stats.all_projects })}
            note={
              worked === null ? (
                t("overview.no_session")
              ) : (
                <>
                  {t("overview.last_session")} <Ago at={worked} />
                </>
              )
            }
          />
        )}
      </Figure>
      <Figure name={t("overview.accounts")}>
        {stats.accounts === 0 ? (
          <Missing to="/accounts" word={t("overview.connect_account")} />
        ) : (
          <Told
            value={t("accounts.of_all", { count: stats.accounts_usable, all: stats.accounts })}
            note={
              seen === null ? (
                t("overview.no_limit")
              ) : (
                <>
                  {t("overview.limits_seen")} <Ago at={seen} />
                </>
              )
            }
          />
        )}
      </Figure>
      <Figure name={t("overview.credits")}>
        {stats.credits.length === 0 ? (
          <Missing
            to="/accounts"
            word={stats.accounts === 0 ? t("overview.connect_account") : t("overview.note_balance")}
          />
        ) : (
          stats.credits.map((one) => (
            <Told
              key={one.unit}
              value={`${new Intl.NumberFormat(language, { maximumFractionDigits: 2 }).format(Number(one.remaining))} ${one.unit}`}
              note={
                <>
                  {t("overview.from_accounts", { count: one.accounts })}, <Ago at={one.seen_at} />
                </>
              }
            />
          ))
        )}
      </Figure>
      <Figure name={t("overview.tokens_today")}>
        {tokens === undefined ? (
          <Told value="–" />
        ) : tokens.answers === 0 && tokens.untold === 0 ? (
          stats.sessions === 0 ? (
            <Missing to="/context" word={t("insights.empty_go")} />
          ) : (
            <Told value={count(0)} note={t("overview.sessions_all", { count: stats.sessions })} />
          )
        ) : (
          <Told
            value={least(tokens.tokens_at_least, shortCount(tokens.tokens, language))}
            note={t("insights.answers", { count: tokens.answers })}
          />
        )}
      </Figure>
      <Figure name={t("overview.saved")}>
        {measured ? (
          <Told
            value={shortCount(saved.data.tokens, language)}
            note={t("overview.saved_of", { count: saved.data.handoffs - saved.data.unmeasured })}
          />
        ) : (
          <Missing to="/context/handoffs" word={t("overview.hand_over")} />
        )}
      </Figure>
      <Figure name={t("overview.spent_today")}>
        {stats.accounts === 0 && stats.today.calls === 0 ? (
          <Missing to="/accounts" word={t("overview.connect_account")} />
        ) : (
          <Told
            value={
              stats.today.cap === null
                ? `${spent} USD`
                : t("accounts.today_of", { spent, cap: usd(Number(stats.today.cap), language) })
            }
            note={t("overview.calls_today", { count: stats.today.calls })}
          />
        )}
      </Figure>
    </Figures>
  );
}

function Missing({ to, word }: { to: "/context" | "/accounts" | "/context/handoffs"; word: string }) {
  return (
    <NotKnown>
      <Link to={to} className={styles.more}>
        {word}
      </Link>
    </NotKnown>
  );
}

function latest(moments: readonly (string | null)[]): string | null {
  return moments.reduce((last, at) => (at !== null && (last === null || at > last) ? at : last), null);
}
