/** Adding an account: who, which key, and what came of the first try to reach it. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem, type Problem } from "../../backend/problem";
import { useBackend } from "../../backend/use-backend";
import type { AccountView, Params } from "../../backend/views";
import { Button } from "../../components/button";
import { Dialog, DialogButtons } from "../../components/dialog";
import { AccountForm } from "./account-form";
import { Tested } from "./tested";

interface AddAccountProps {
  open: boolean;
  onClose(): void;
  onAdded(id: string): void;
}

export function AddAccount({ open, onClose, onAdded }: AddAccountProps) {
  const { t } = useTranslation();
  return (
    <Dialog title={t("accounts.add_title")} size={520} open={open} onClose={onClose}>
      {open && <Steps onClose={onClose} onAdded={onAdded} />}
    </Dialog>
  );
}

/** First the form, then what the provider says. */
function Steps({ onClose, onAdded }: Omit<AddAccountProps, "open">) {
  const { t } = useTranslation();
  const { transport } = useBackend();
  const [added, setAdded] = useState<AccountView | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const test = async (account: AccountView) => {
    setProblem(null);
    try {
      setAdded(await transport.call("accounts.test", { id: account.id }));
    } catch (thrown) {
      setProblem(asProblem(thrown));
    }
  };
  const add = async (params: Params<"accounts.add">) => {
    const account = await transport.call("accounts.add", params);
    onAdded(account.id);
    if (!account.is_called) return onClose();
    setAdded(account);
    await test(account);
  };
  if (added === null) return <AccountForm onSubmit={add} onCancel={onClose} />;
  return (
    <>
      <Tested account={added} problem={problem} />
      <DialogButtons>
        {(added.check !== null || problem !== null) && added.check?.outcome !== "reached" && (
          <Button onClick={() => void test(added)}>{t("accounts.test_again")}</Button>
        )}
        <Button tone="go" onClick={onClose}>
          {t("accounts.done")}
        </Button>
      </DialogButtons>
    </>
  );
}
