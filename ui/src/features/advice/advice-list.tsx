/** What could be done better: each with its evidence, one way to do it, and a way to be left alone with it. */
import "../../i18n/late";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Lightbulb } from "lucide-react";
import { useTranslation } from "react-i18next";
import { bind } from "../../actions/action";
import { useHands } from "../../actions/use-actions";
import { useQueries } from "../../backend/use-backend";
import type { RecommendationView } from "../../backend/views";
import { ActionButton, ButtonLink } from "../../components/button";
import { clock } from "../../components/moment";
import { usd } from "../../lib/amounts";
import { askFor, dismiss, makePlan, setBudget, snooze } from "./actions";
import styles from "./advice-list.module.css";

export function AdviceList() {
  const { t } = useTranslation();
  const { data } = useQuery(useQueries().recommendations());
  if (data === undefined) return null;
  return (
    <section className={styles.panel} aria-labelledby="advice">
      <header className={styles.head}>
        <h2 id="advice">{t("advice.title")}</h2>
        {data.hidden > 0 && <span className="small quiet">{t("advice.hidden", { count: data.hidden })}</span>}
      </header>
      {data.items.length === 0 ? (
        <p className="quiet">{t("advice.none")}</p>
      ) : (
        <ul className={styles.list}>
          {data.items.map((one) => (
            <Advice key={one.key} one={one} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Advice({ one }: { one: RecommendationView }) {
  const hands = useHands();
  const { says, because, links } = useWords(one);
  return (
    <li className={styles.item} data-advice={one.advice.kind}>
      <Lightbulb size={16} strokeWidth={1.75} data-tone="accent" aria-hidden />
      <div className={styles.words}>
        <p className={styles.says}>{says}</p>
        <p className="small quiet">{because}</p>
        {links}
      </div>
      <div className={styles.hands}>
        <Go one={one} />
        <ActionButton action={bind(snooze, one, hands)} tone="quiet" small />
        <ActionButton action={bind(dismiss, one, hands)} tone="quiet" small />
      </div>
    </li>
  );
}

/** The place where one does it, or the doing itself where it is one step. */
function Go({ one }: { one: RecommendationView }) {
  const { t } = useTranslation();
  const hands = useHands();
  const { advice } = one;
  switch (advice.kind) {
    case "use_account":
      return <AccountLink id={advice.to} word={t("advice.go_account")} />;
    case "use_model":
      return <AccountLink id={advice.to.account} word={t("advice.go_account")} />;
    case "change_plan":
      return <AccountLink id={advice.account} word={t("advice.go_account")} />;
    case "set_budget":
      return <ActionButton action={bind(setBudget, advice, hands)} tone="accent" small />;
    case "make_playbook":
      return (
        <ActionButton
          action={bind(advice.repeated === "commands" ? makePlan : askFor, advice, hands)}
          tone="accent"
          small
        />
      );
  }
}

function AccountLink({ id, word }: { id: string; word: string }) {
  return (
    <ButtonLink to="/accounts" search={{ selected: id }} tone="accent" data-small>
      {word}
    </ButtonLink>
  );
}

/** The advice in the language of the page, and links to what it rests on. */
function useWords({ advice, names }: RecommendationView) {
  const { t, i18n } = useTranslation();
  const language = i18n.language;
  const name = (id: string) => isolated(names[id] ?? id);
  const percent = (part: number) =>
    new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 }).format(part);
  const money = (amount: string) => usd(Number(amount), language);
  const when = (at: string) => isolated(clock(Date.parse(at), language));
  switch (advice.kind) {
    case "use_account":
      return {
        says: t("advice.use_account", { from: name(advice.from), to: name(advice.to) }),
        because: t("advice.use_account_because", {
          from: name(advice.from),
          to: name(advice.to),
          used: percent(advice.used),
          span: t(`accounts.span_${advice.span}`),
          out: when(advice.runs_out_at),
          left: percent(advice.left),
        }),
        links: (
          <Link to="/accounts" search={{ selected: advice.from }} className={styles.link}>
            {t("advice.see_limits", { name: name(advice.from) })}
          </Link>
        ),
      };
    case "use_model":
      return {
        says: t("advice.use_model", {
          to: isolated(advice.to.model),
          from: isolated(advice.from.model),
          purpose: isolated(advice.purpose),
        }),
        because: t("advice.use_model_because", {
          to: isolated(advice.to.model),
          to_done: advice.to.done,
          to_calls: advice.to.calls,
          to_usd: usd(Number(advice.to.usd_a_call), language),
          from: isolated(advice.from.model),
          from_done: advice.from.done,
          from_calls: advice.from.calls,
          from_usd: usd(Number(advice.from.usd_a_call), language),
        }),
        links: (
          <Link to="/accounts" search={{ selected: advice.from.account }} className={styles.link}>
            {t("advice.see_calls", { name: name(advice.from.account) })}
          </Link>
        ),
      };
    case "change_plan":
      return {
        says: t("advice.change_plan", { account: name(advice.account) }),
        because: t("advice.change_plan_because", {
          hits: advice.hits,
          days: advice.days,
          when: when(advice.last_at),
        }),
        links: null,
      };
    case "make_playbook":
      return {
        says: t("advice.make_playbook", { lines: advice.lines.map(isolated).join(" · ") }),
        because: t("advice.make_playbook_because", {
          sessions: advice.sessions.length,
          days: advice.days,
        }),
        links: (
          <span className={styles.links}>
            {advice.sessions.slice(0, 5).map((id, at) => (
              <Link key={id} to="/context/sessions/$id" params={{ id }} className={styles.link}>
                {t("advice.session", { number: at + 1 })}
              </Link>
            ))}
          </span>
        ),
      };
    case "set_budget":
      return {
        says: t("advice.set_budget", { cap: money(advice.cap) }),
        because: t("advice.set_budget_because", {
          last: money(advice.last_week),
          before: money(advice.week_before),
        }),
        links: (
          <Link to="/insights" search={{ days: 30 }} className={styles.link}>
            {t("advice.see_costs")}
          </Link>
        ),
      };
  }
}

/** Words of others inside a sentence, in their own direction. */
function isolated(text: string): string {
  return `\u2068${text}\u2069`;
}
