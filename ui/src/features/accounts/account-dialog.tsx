/** Adding or changing an account: who, which key, and what came of the first try to reach it. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem, type Problem } from "../../backend/problem";
import { useBackend } from "../../backend/use-backend";
import type { AccountView } from "../../backend/views";
import { Button } from "../../components/button";
import { Dialog, DialogButtons } from "../../components/dialog";
import { AccountForm, type AccountText } from "./account-form";
import { Tested } from "./tested";

interface AccountDialogProps {
  /** The account that is changed; none: a new one. */
  account?: AccountView | undefined;
  open: boolean;
  onClose(): void;
  onKept?(id: string): void;
}

export function AccountDialog({ account, open, onClose, onKept }: AccountDialogProps) {
  const { t } = useTranslation();
  const title = t(account === undefined ? "accounts.add_title" : "accounts.edit_title");
  return (
    <Dialog title={title} size={520} open={open} onClose={onClose}>
      {open && <Steps account={account} onClose={onClose} onKept={onKept} />}
    </Dialog>
  );
}

interface StepsProps {
  account: AccountView | undefined;
  onClose(): void;
  onKept: ((id: string) => void) | undefined;
}

/** First the form, then what the provider says. */
function Steps({ account, onClose, onKept }: StepsProps) {
  const { t } = useTranslation();
  const { transport } = useBackend();
  const [kept, setKept] = useState<AccountView | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const test = async (tested: AccountView) => {
    setProblem(null);
    try {
      setKept(await transport.call("accounts.test", { id: tested.id }));
    } catch (thrown) {
      setProblem(asProblem(thrown));
    }
  };
  const keep = async (typed: AccountText) => {
    const { provider, ...texts } = typed;
    const now =
      account === undefined
        ? await transport.call("accounts.add", { ...withoutEmpty(texts), provider })
        : await transport.call("accounts.change", { id: account.id, ...texts });
    onKept?.(now.id);
    if (!now.is_called || (account !== undefined && !isReachedAnew(account, typed))) return onClose();
    // What the last try said was said about another key or place.
    setKept({ ...now, check: null });
    await test(now);
  };
  if (kept === null) return <AccountForm account={account} onSubmit={keep} onCancel={onClose} />;
  return (
    <>
      <Tested account={kept} problem={problem} isNew={account === undefined} />
      <DialogButtons>
        {(kept.check !== null || problem !== null) && kept.check?.outcome !== "reached" && (
          <Button onClick={() => void test(kept)}>{t("accounts.test_again")}</Button>
        )}
        <Button tone="go" onClick={onClose}>
          {t("accounts.done")}
        </Button>
      </DialogButtons>
    </>
  );
}

/** A field that a new account leaves empty is not there; one that a known account leaves empty is taken away. */
function withoutEmpty(texts: Omit<AccountText, "provider">) {
  const value = (text: string) => (text === "" ? null : text);
  return {
    ...texts,
    email: value(texts.email),
    plan: value(texts.plan),
    specialization: value(texts.specialization),
    base_url: value(texts.base_url),
    model: value(texts.model),
  };
}

/** Whether another key, place or model is used from now on. */
function isReachedAnew(account: AccountView, typed: AccountText): boolean {
  return (
    typed.key !== null ||
    typed.base_url !== (account.base_url ?? "") ||
    typed.model !== (account.model ?? "") ||
    (typed.format !== null && account.format !== null && typed.format !== account.format)
  );
}
