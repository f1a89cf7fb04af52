/** An account by its name. One that was removed is said to be gone; an id of another system is shown as it is. */
import "../i18n/late";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useQueries } from "../backend/use-backend";

/** What an account is called, and whether it is gone; null while nobody knows. */
export function useAccountNames(): (id: string) => { name: string; isGone: boolean } | null {
  const { t } = useTranslation();
  const { data, isError } = useQuery(useQueries().accounts());
  return (id) => {
    const name = data?.items.find((account) => account.id === id)?.name;
    if (name !== undefined) return { name, isGone: false };
    if (!isOurs(id) || isError) return { name: id, isGone: false };
    return data === undefined ? null : { name: t("accounts.gone"), isGone: true };
  };
}

const isOurs = (id: string) => id.startsWith("acc_");

/** With its id beside it where it is gone and the place shows details; else the id is on hover. */
export function AccountName({ id, detailed = false }: { id: string; detailed?: boolean }) {
  const named = useAccountNames()(id);
  if (named === null) return null;
  return (
    <>
      <bdi dir="auto" title={named.isGone ? id : undefined}>
        {named.name}
      </bdi>
      {named.isGone && detailed && (
        <>
          {" "}
          <code dir="ltr" className="small faint">
            {id}
          </code>
        </>
      )}
    </>
  );
}
