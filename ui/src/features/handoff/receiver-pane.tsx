/** Who goes on: the accounts in the order of the person's rules and limits, with the reasons. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Check, CircleSlash, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useQueries } from "../../backend/use-backend";
import type { MadeBriefing, ProjectView, ReasonView } from "../../backend/views";
import { ErrorState, LoadingRows } from "../../components/place-state";
import { Reason, reasonKey } from "../../components/reasons";
import { BeforeItGoes } from "./before-it-goes";
import type { Choice } from "./choice";
import styles from "./handoff-screen.module.css";

interface ReceiverPaneProps {
  project: ProjectView;
  made: MadeBriefing;
  to: string | undefined;
  choice: Choice;
  onChoose(id: string): void;
  onChoice(choice: Choice): void;
}

export function ReceiverPane({ project, made, to, choice, onChoose, onChoice }: ReceiverPaneProps) {
  const { t } = useTranslation();
  const { data, isError, error, refetch } = useQuery(useQueries().choice("handoff", project.name));
  const chosen = to ?? data?.first ?? undefined;
  const fit = data?.ranked.filter(({ usable }) => usable).length ?? 0;
  return (
    <section className={styles.receiver} aria-labelledby="receiver">
      <header className={styles.paneHead}>
        <h2 id="receiver">{t("handoff.receiver")}</h2>
        {data !== undefined && data.ranked.length > 0 && (
          <span className="small faint">{t("handoff.fit", { fit, of: data.ranked.length })}</span>
        )}
      </header>
      {data === undefined && isError && <ErrorState error={error} onRetry={() => void refetch()} />}
      {data === undefined && !isError && <LoadingRows height={56} />}
      {data?.ranked.length === 0 && (
        <p className={styles.nobody}>
          {t("handoff.no_accounts")}{" "}
          <Link to="/accounts" search={{}}>
            {t("handoff.to_accounts")}
          </Link>
        </p>
      )}
      <ul className={styles.accounts}>
        {data?.ranked.map((account) => (
          <li key={account.id} data-chosen={account.id === chosen || undefined} data-usable={account.usable}>
            <label>
              <input
                type="radio"
                name="receiver"
                checked={account.id === chosen}
                onChange={() => onChoose(account.id)}
              />
              <bdi dir="auto">{account.name}</bdi>
            </label>
            <ul>
              {account.reasons.map((reason) => (
                <li key={reasonKey(reason)}>
                  <Sign reason={reason} usable={account.usable} />
                  <Reason reason={reason} />
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
      <BeforeItGoes project={project} to={chosen} choice={choice} onChoice={onChoice} />
      <Saves made={made} />
    </section>
  );
}

/** A tick for what speaks for an account; what speaks against one that may still be chosen is no tick. */
function Sign({ reason, usable }: { reason: ReasonView; usable: boolean }) {
  if (!usable) return <CircleSlash size={14} strokeWidth={1.75} aria-hidden />;
  return reason.kind === "runs_out_early" || reason.kind === "check" ? (
    <TriangleAlert size={14} strokeWidth={1.75} data-tone="warn" aria-hidden />
  ) : (
    <Check size={14} strokeWidth={2} aria-hidden />
  );
}

/** What the receiver need not read. */
function Saves({ made }: { made: MadeBriefing }) {
  const { t } = useTranslation();
  return (
    <p className={styles.saves}>{t("handoff.saves", { count: made.history_tokens, tokens: made.tokens })}</p>
  );
}
