/** Where a key that is typed now really goes. */
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useVaultQuery } from "../../backend/vault-query";
import { Quoted } from "../../components/exact";

export function KeyHint() {
  const { t } = useTranslation();
  const { data } = useQuery(useVaultQuery());
  if (data === undefined) return t("accounts.key_hint_unknown");
  if (data.place === "file") {
    return t(data.file.state === "ready" ? "accounts.key_hint_file" : "accounts.key_hint_file_locked");
  }
  if (data.keychain.state === "ready") return t("accounts.key_hint");
  if (data.keychain.state === "missing") return t("accounts.key_hint_none");
  return <Quoted text={t("accounts.key_hint_keychain_refuses", { why: data.keychain.because ?? "" })} />;
}
