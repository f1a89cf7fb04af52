/** Choosing the model: first the account and the model, then what would be sent to whom at what price. */
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem, type Problem } from "../../backend/problem";
import { useBackend, useQueries } from "../../backend/use-backend";
import type { AccountView, MeaningPreview } from "../../backend/views";
import { Button, ButtonLink } from "../../components/button";
import { Dialog, DialogButtons } from "../../components/dialog";
import { Exact } from "../../components/exact";
import look from "../../components/form.module.css";
import { ProblemLine } from "../../components/problem-line";
import styles from "./meaning.module.css";

/** Who has a call that turns texts into numbers, and the model that is usual there. */
const usual: Partial<Record<AccountView["provider"], string>> = {
  openai: "text-embedding-3-small",
  gemini: "gemini-embedding-001",
  ollama: "nomic-embed-text",
  openai_compatible: "",
};

interface MeaningChoiceProps {
  open: boolean;
  onClose(): void;
}

export function MeaningChoice({ open, onClose }: MeaningChoiceProps) {
  const { t } = useTranslation();
  return (
    <Dialog title={t("meaning.title")} size={520} open={open} onClose={onClose}>
      {open && <Steps onClose={onClose} />}
    </Dialog>
  );
}

function Steps({ onClose }: { onClose(): void }) {
  const { transport, queries } = useBackend();
  const [seen, setSeen] = useState<MeaningPreview | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const attempt = async (work: () => Promise<void>) => {
    setBusy(true);
    setProblem(null);
    try {
      await work();
    } catch (thrown) {
      setProblem(asProblem(thrown));
    } finally {
      setBusy(false);
    }
  };
  const look = (account: string, model: string) =>
    void attempt(async () => {
      setSeen(await transport.call("meaning.preview", { account, model: model === "" ? null : model }));
    });
  const set = ({ account_id, model }: MeaningPreview) =>
    void attempt(async () => {
      await transport.call("meaning.set", { account: account_id, model });
      await queries.invalidateQueries({ queryKey: ["meaning.show"] });
      onClose();
    });
  if (seen === null) return <Ask busy={busy} problem={problem} onLook={look} onClose={onClose} />;
  return (
    <Seen
      seen={seen}
      busy={busy}
      problem={problem}
      onBack={() => {
        setSeen(null);
        setProblem(null);
      }}
      onYes={() => set(seen)}
    />
  );
}

interface AskProps {
  busy: boolean;
  problem: Problem | null;
  onLook(account: string, model: string): void;
  onClose(): void;
}

function Ask({ busy, problem, onLook, onClose }: AskProps) {
  const { t } = useTranslation();
  const { data } = useQuery(useQueries().accounts());
  const accounts = (data?.items ?? []).filter(({ provider }) => provider in usual);
  const [chosen, setChosen] = useState<string | null>(null);
  const account = accounts.find(({ id }) => id === chosen) ?? accounts[0];
  const ids = { account: useId(), model: useId(), hint: useId() };
  if (account === undefined) {
    return (
      <>
        <p>{t("meaning.nobody")}</p>
        <DialogButtons>
          <Button onClick={onClose}>{t("meaning.not_now")}</Button>
          <ButtonLink to="/accounts" search={{}} tone="go">
            {t("meaning.add")}
          </ButtonLink>
        </DialogButtons>
      </>
    );
  }
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const model = new FormData(event.currentTarget).get("model");
    onLook(account.id, typeof model === "string" ? model.trim() : "");
  };
  const placeholder = usual[account.provider] ?? "";
  return (
    <form className={look.form} onSubmit={send}>
      <div className={look.field}>
        <label htmlFor={ids.account}>{t("meaning.account")}</label>
        <select
          id={ids.account}
          value={account.id}
          onChange={(event) => setChosen(event.target.value)}
          data-autofocus
        >
          {accounts.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </div>
      <div className={look.field}>
        <label htmlFor={ids.model}>{t("meaning.model")}</label>
        <input
          id={ids.model}
          name="model"
          dir="ltr"
          autoComplete="off"
          spellCheck={false}
          required={placeholder === ""}
          placeholder={placeholder}
          aria-describedby={ids.hint}
        />
        <p id={ids.hint} className="small quiet">
          {t("meaning.model_hint")}
        </p>
      </div>
      <ProblemLine problem={problem} />
      <DialogButtons>
        <Button onClick={onClose}>{t("meaning.not_now")}</Button>
        <Button type="submit" tone="go" disabled={busy} data-action="meaning.look">
          {t("meaning.look")}
        </Button>
      </DialogButtons>
    </form>
  );
}

interface SeenProps {
  seen: MeaningPreview;
  busy: boolean;
  problem: Problem | null;
  onBack(): void;
  onYes(): void;
}

function Seen({ seen, busy, problem, onBack, onYes }: SeenProps) {
  const { t, i18n } = useTranslation();
  const number = new Intl.NumberFormat(i18n.language);
  const usd = new Intl.NumberFormat(i18n.language, { maximumSignificantDigits: 2 });
  const price =
    seen.usd === null
      ? t("meaning.unknown")
      : Number(seen.usd) === 0
        ? t("meaning.free")
        : t("meaning.about", { usd: usd.format(Number(seen.usd)) });
  return (
    <>
      <dl className={styles.facts}>
        <dt>{t("meaning.account")}</dt>
        <dd>
          <bdi dir="auto">
            <Exact text={seen.account} />
          </bdi>
        </dd>
        <dt>{t("meaning.model")}</dt>
        <dd>
          <bdi className="mono" dir="ltr">
            <Exact text={seen.model} />
          </bdi>
        </dd>
        <dt>{t("meaning.goes_to")}</dt>
        <dd>
          <bdi className="mono" dir="ltr">
            {seen.place}
          </bdi>
          {seen.stays_here && <div className="quiet">{t("meaning.here")}</div>}
        </dd>
        <dt>{t("meaning.messages")}</dt>
        <dd className="num">{number.format(seen.messages)}</dd>
        <dt>{t("meaning.tokens")}</dt>
        <dd className="num">{number.format(seen.tokens)}</dd>
        <dt>{t("meaning.price")}</dt>
        <dd>{price}</dd>
      </dl>
      <p className="small quiet">{t("meaning.later", { letters: number.format(seen.letters) })}</p>
      <ProblemLine problem={problem} />
      <DialogButtons>
        <Button disabled={busy} onClick={onBack}>
          {t("meaning.back")}
        </Button>
        <Button tone="go" disabled={busy} data-action="meaning.on" onClick={onYes}>
          {t("meaning.yes")}
        </Button>
      </DialogButtons>
    </>
  );
}
