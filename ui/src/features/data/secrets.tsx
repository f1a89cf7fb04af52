/** Secrets that were found in what came in: whether their words are kept, and which ones are. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Trash2, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem, type Problem } from "../../backend/problem";
import { useBackend, useQueries } from "../../backend/use-backend";
import type { KeptSecretView, SecretPolicyView } from "../../backend/views";
import { Button } from "../../components/button";
import { Choice } from "../../components/choice";
import { Dialog, DialogButtons } from "../../components/dialog";
import { ErrorState, LoadingRows } from "../../components/place-state";
import { ProblemLine } from "../../components/problem-line";
import { isVaultTrouble, VaultTrouble } from "../../components/vault-trouble";
import styles from "./data-screen.module.css";
import { RevealDialog } from "./reveal-dialog";
import { SecretRow } from "./secret-row";

type Policy = SecretPolicyView["policy"];

export function Secrets() {
  const { t } = useTranslation();
  const query = useQuery(useQueries().secretPolicy());
  return (
    <section aria-labelledby="secrets">
      <h2 id="secrets">{t("secrets.title")}</h2>
      <p className="quiet">{t("secrets.text")}</p>
      {query.data === undefined && query.isError && (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      )}
      {query.data === undefined && !query.isError && <LoadingRows height={40} />}
      {query.data !== undefined && <Here policy={query.data} />}
    </section>
  );
}

function Here({ policy }: { policy: SecretPolicyView }) {
  const { t } = useTranslation();
  const { transport, queries } = useBackend();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [asked, setAsked] = useState<"drop" | "all" | KeptSecretView | null>(null);
  const [shown, setShown] = useState<KeptSecretView | null>(null);
  const attempt = async (work: () => Promise<unknown>) => {
    setAsked(null);
    setBusy(true);
    setProblem(null);
    try {
      await work();
    } catch (thrown) {
      setProblem(asProblem(thrown));
    } finally {
      await Promise.all([
        queries.invalidateQueries({ queryKey: ["secrets.policy"] }),
        queries.invalidateQueries({ queryKey: ["secrets.list"] }),
      ]);
      setBusy(false);
    }
  };
  const set = (wanted: Policy, forget: boolean) =>
    void attempt(() => transport.call("secrets.set_policy", { policy: wanted, forget }));
  const choose = (wanted: Policy) => {
    if (busy || wanted === policy.policy) return;
    if (wanted === "drop" && policy.kept > 0) setAsked("drop");
    else set(wanted, false);
  };
  return (
    <>
      <div className={styles.line}>
        <Choice
          label={t("secrets.title")}
          value={policy.policy}
          options={[
            { value: "drop", label: t("secrets.drop") },
            { value: "encrypt", label: t("secrets.encrypt") },
          ]}
          onChange={choose}
        />
      </div>
      <p className="small quiet">
        {policy.policy === "drop" ? t("secrets.drop_text") : t(`secrets.place_${policy.place}`)}
      </p>
      {policy.projects.length > 0 && (
        <ul className={styles.own} aria-label={t("secrets.own")}>
          {policy.projects.map((own) => (
            <li key={own.project_id}>
              <Link to="/context/$id" params={{ id: own.project_id }}>
                <bdi dir="auto">{own.project}</bdi>
              </Link>
              <span className="quiet">
                {t(own.policy === "drop" ? "secrets.are_dropped" : "secrets.are_kept")}
              </span>
            </li>
          ))}
        </ul>
      )}
      <p className="small quiet">{t("secrets.own_hint")}</p>
      {policy.because !== null && (
        <p className={styles.trouble} role="alert">
          <TriangleAlert size={16} data-tone="warn" aria-hidden /> {t("secrets.none_now")}{" "}
          <bdi>{policy.because}</bdi>
        </p>
      )}
      {problem !== null &&
        (isVaultTrouble(problem) ? (
          <VaultTrouble problem={problem} onReady={() => set("encrypt", false)} />
        ) : (
          <ProblemLine problem={problem} />
        ))}
      {policy.kept > 0 && <Kept count={policy.kept} busy={busy} onShow={setShown} onForget={setAsked} />}
      {shown !== null && <RevealDialog secret={shown} onClose={() => setShown(null)} />}
      {asked !== null && (
        <Asked
          count={typeof asked === "string" ? policy.kept : 1}
          onNo={() => setAsked(null)}
          onKeep={asked === "drop" ? () => set("drop", false) : null}
          onForget={() => {
            if (asked === "drop") set("drop", true);
            else
              void attempt(() =>
                transport.call("secrets.forget", asked === "all" ? { all: true } : { ids: [asked.id] }),
              );
          }}
        />
      )}
    </>
  );
}

interface KeptProps {
  count: number;
  busy: boolean;
  onShow(secret: KeptSecretView): void;
  onForget(what: "all" | KeptSecretView): void;
}

function Kept({ count, busy, onShow, onForget }: KeptProps) {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery(useQueries().keptSecrets());
  if (data === undefined) {
    return error === null ? (
      <LoadingRows height={40} />
    ) : (
      <ErrorState error={error} onRetry={() => void refetch()} />
    );
  }
  const more = count - data.items.length;
  return (
    <>
      <ul className={styles.list}>
        {data.items.map((secret) => (
          <SecretRow
            key={secret.id}
            secret={secret}
            twins={data.items.filter(({ token }) => token === secret.token).length}
            busy={busy}
            onShow={() => onShow(secret)}
            onForget={() => onForget(secret)}
          />
        ))}
      </ul>
      {more > 0 && <p className="small quiet">{t("secrets.more", { count: more })}</p>}
      <p>
        <Button
          small
          icon={Trash2}
          disabled={busy}
          data-action="secrets.forget_all"
          onClick={() => onForget("all")}
        >
          {t("secrets.forget_all")}
        </Button>
      </p>
    </>
  );
}

interface AskedProps {
  count: number;
  onNo(): void;
  /** Only where somebody wants nothing kept any more. */
  onKeep: (() => void) | null;
  onForget(): void;
}

function Asked({ count, onNo, onKeep, onForget }: AskedProps) {
  const { t } = useTranslation();
  return (
    <Dialog title={t("secrets.forget_title", { count })} onClose={onNo}>
      <p>{t("secrets.forget_text")}</p>
      <DialogButtons>
        <Button onClick={onNo}>{t("data.not_now")}</Button>
        {onKeep !== null && <Button onClick={onKeep}>{t("secrets.keep_those")}</Button>}
        <Button data-action="secrets.forget" onClick={onForget}>
          {t("secrets.forget_now")}
        </Button>
      </DialogButtons>
    </Dialog>
  );
}
