/** The chosen account beside the list: its forecast, every limit with who said so and when, its use, and what can be done. */
import { useQuery } from "@tanstack/react-query";
import { TriangleAlert, X } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { bind } from "../../actions/action";
import { useHands, useShortcuts } from "../../actions/use-actions";
import { useQueries } from "../../backend/use-backend";
import type { AccountView } from "../../backend/views";
import { ActionButton, Button, IconButton } from "../../components/button";
import { Dialog, DialogButtons } from "../../components/dialog";
import { Exact } from "../../components/exact";
import { Ago, clock } from "../../components/moment";
import { useNotices } from "../../components/notices";
import { Reason, reasonKey } from "../../components/reasons";
import { instant } from "../../lib/span";
import { AccountDialog } from "./account-dialog";
import styles from "./account-drawer.module.css";
import { PriceLines, SetPrice } from "./account-price";
import { edit, note, pause, remove, removeNow, resume, setPrice, test, worksAgain } from "./actions";
import { Health } from "./health";
import { LimitLines } from "./limit-lines";
import { useAmountOf } from "./limit-words";
import { NoteLimit } from "./note-limit";
import { RanOut } from "./ran-out";

interface AccountDrawerProps {
  account: AccountView;
  listening: boolean;
  onClose(): void;
}

export function AccountDrawer({ account, listening, onClose }: AccountDrawerProps) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState<"edit" | "note" | "price" | "remove" | null>(null);
  const close = () => setOpened(null);
  const hands = useHands();
  const subject = {
    account,
    askToRemove: () => setOpened("remove"),
    openEdit: () => setOpened("edit"),
    openNote: () => setOpened("note"),
    openPrice: () => setOpened("price"),
  };
  const possible = [worksAgain, test, edit, pause, resume, remove].filter((action) =>
    action.enabled(subject),
  );
  const actions = possible.map((action) => bind(action, subject, hands));
  const noting = bind(note, subject, hands);
  const pricing = bind(setPrice, subject, hands);
  useShortcuts([...actions, noting, pricing], listening && opened === null);
  return (
    <aside className={styles.drawer} aria-label={t("accounts.chosen")}>
      <header className={styles.head}>
        <div className={styles.title}>
          <h2 dir="auto">{account.name}</h2>
          <p className="small quiet">
            {[t(`accounts.provider_${account.provider}_name`), account.plan, account.specialization]
              .filter((part) => part !== null)
              .join(", ")}
          </p>
        </div>
        <IconButton icon={X} label={t("accounts.close")} onClick={onClose} />
      </header>
      <div className={styles.body}>
        <RanOut account={account} />
        <Early account={account} />
        <Section title={t("accounts.state")}>
          <p>
            <Health state={account.health} />
          </p>
          {account.check !== null && (
            <p className="small quiet">
              <bdi dir="auto">
                <Exact text={account.check.said} />
              </bdi>
              , <Ago at={account.check.at} />
            </p>
          )}
          <p className="small quiet">
            {account.has_key
              ? t("accounts.key_kept")
              : account.is_called
                ? t("accounts.key_none")
                : t("accounts.not_called")}
          </p>
        </Section>
        <Section title={t("accounts.limits_seen")}>
          <LimitLines limits={account.limits} isCalled={account.is_called} />
          <p>
            <ActionButton action={noting} small keys />
          </p>
        </Section>
        {account.is_called && (
          <Section title={t("accounts.price")}>
            <PriceLines account={account} />
            <p>
              <ActionButton action={pricing} small />
            </p>
          </Section>
        )}
        <Choice account={account} />
        {account.is_called && <Usage account={account} />}
      </div>
      <footer className={styles.actions}>
        {actions.map((action) => (
          <ActionButton key={action.id} action={action} small keys />
        ))}
      </footer>
      <RemoveQuestion account={account} open={opened === "remove"} onClose={close} onGone={onClose} />
      <AccountDialog account={account} open={opened === "edit"} onClose={close} />
      {opened === "note" && <NoteLimit account={account} onClose={close} />}
      {opened === "price" && <SetPrice account={account} onClose={close} />}
    </aside>
  );
}

/** The limit that runs out before it is filled again, in a sentence. */
function Early({ account }: { account: AccountView }) {
  const { t, i18n } = useTranslation();
  const amountOf = useAmountOf();
  const early = account.limits.find((limit) => limit.before_reset);
  if (early === undefined) return null;
  const time = (at: string | null) => {
    const when = instant(at);
    return when === null ? "–" : clock(when, i18n.language);
  };
  const rate = amountOf(early.per_hour ?? 0, early.unit);
  return (
    <section className={styles.early} data-tone="warn">
      <p>
        <TriangleAlert size={16} strokeWidth={1.75} aria-hidden />
        {t("accounts.health_runs_out_early")}
      </p>
      <p className={styles.sentence}>
        {early.resets_at === null
          ? t("accounts.forecast_balance", { rate, out: time(early.runs_out_at) })
          : t("accounts.forecast", {
              rate,
              out: time(early.runs_out_at),
              reset: time(early.resets_at),
            })}
      </p>
    </section>
  );
}

/** Where it stands when an account is chosen, and what put it there. */
function Choice({ account }: { account: AccountView }) {
  const { t } = useTranslation();
  const { data } = useQuery(useQueries().accountChoice());
  const place = data?.ranked.findIndex((ranked) => ranked.id === account.id) ?? -1;
  const ranked = data?.ranked[place];
  if (ranked === undefined) return null;
  return (
    <Section title={t("accounts.choice")}>
      <p>{ranked.usable ? t("accounts.choice_place", { place: place + 1 }) : t("accounts.choice_refused")}</p>
      <ul className="small quiet">
        {ranked.reasons.map((reason) => (
          <li key={reasonKey(reason)}>
            <Reason reason={reason} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Usage({ account }: { account: AccountView }) {
  const { t, i18n } = useTranslation();
  const { data } = useQuery(useQueries().accountUsage(account.id));
  if (data === undefined) return null;
  const number = new Intl.NumberFormat(i18n.language, { notation: "compact" });
  const { week } = data;
  return (
    <Section title={t("accounts.last_week")}>
      <Line name={t("accounts.calls")}>
        {t("accounts.calls_of", { done: number.format(week.done), calls: number.format(week.calls) })}
      </Line>
      <Line name={t("accounts.tokens")}>{number.format(week.input + week.output)}</Line>
      <Line name={t("accounts.from_cache")}>{number.format(week.cache_read)}</Line>
      <Line name="USD">
        {week.usd}
        {week.unpriced > 0 && ` + ${t("accounts.unpriced", { count: week.unpriced })}`}
      </Line>
      {week.calls > 0 && (
        <p className="small faint" dir="auto">
          {data.prices}
        </p>
      )}
    </Section>
  );
}

function RemoveQuestion({
  account,
  open,
  onClose,
  onGone,
}: {
  account: AccountView;
  open: boolean;
  onClose(): void;
  onGone(): void;
}) {
  const { t } = useTranslation();
  const hands = useHands();
  const { tell } = useNotices();
  const subject = {
    account,
    close: onGone,
    tellKeyLeft: (because: string, next: string) => tell(t("accounts.key_left", { because, next })),
  };
  return (
    <Dialog title={t("accounts.remove_question")} size={460} open={open} onClose={onClose}>
      <p className="quiet">{t("accounts.remove_text")}</p>
      <DialogButtons>
        <Button onClick={onClose}>{t("accounts.keep")}</Button>
        <ActionButton action={bind(removeNow, subject, hands)} />
      </DialogButtons>
    </Dialog>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={styles.section}>
      <h3>{title}</h3>
      {children}
    </section>
  );
}

function Line({ name, children }: { name: string; children: ReactNode }) {
  return (
    <p className={styles.line}>
      <span className="quiet">{name}</span>
      <bdi className="num">{children}</bdi>
    </p>
  );
}
