/** Backups: when they make themselves, which there are, and the way back to one. */
import { useQuery } from "@tanstack/react-query";
import { Archive, TriangleAlert } from "lucide-react";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem, type Problem } from "../../backend/problem";
import { useBackend, useQueries } from "../../backend/use-backend";
import type { BackupsView } from "../../backend/views";
import { Button } from "../../components/button";
import { Dialog, DialogButtons } from "../../components/dialog";
import { ErrorState, LoadingRows } from "../../components/place-state";
import { ProblemLine } from "../../components/problem-line";
import { BackupRow } from "./backup-row";
import styles from "./data-screen.module.css";

const EVERY = [0, 6, 24, 168] as const;
const KEEP = [3, 7, 14, 30] as const;

export function Backups() {
  const { t } = useTranslation();
  const query = useQuery(useQueries().backups());
  if (query.data === undefined) {
    return query.isError ? (
      <ErrorState error={query.error} onRetry={() => void query.refetch()} />
    ) : (
      <LoadingRows height={40} />
    );
  }
  return (
    <section aria-labelledby="backups">
      <h2 id="backups">{t("data.backups")}</h2>
      <p className="quiet">{t("data.backups_text")}</p>
      <Here backups={query.data} />
    </section>
  );
}

function Here({ backups }: { backups: BackupsView }) {
  const { t } = useTranslation();
  const { transport, queries } = useBackend();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [asked, setAsked] = useState<{ name: string; removes: boolean } | null>(null);
  const ids = { every: useId(), keep: useId() };
  const attempt = async (work: () => Promise<unknown>) => {
    setBusy(true);
    setProblem(null);
    try {
      await work();
    } catch (thrown) {
      setProblem(asProblem(thrown));
    } finally {
      await queries.invalidateQueries({ queryKey: ["backups.list"] });
      setBusy(false);
    }
  };
  const schedule = (hours: number, keep: number) =>
    void attempt(() => transport.call("backups.schedule", { hours, keep }));
  const every = EVERY.some((hours) => hours === backups.hours) ? EVERY : [...EVERY, backups.hours];
  const keeps = KEEP.some((keep) => keep === backups.keep) ? KEEP : [...KEEP, backups.keep];
  return (
    <>
      {backups.trouble !== null && (
        <p className={styles.trouble} role="alert">
          <TriangleAlert size={16} data-tone="bad" aria-hidden /> {t("data.trouble")}{" "}
          <bdi>{backups.trouble}</bdi>
        </p>
      )}
      {backups.restore_failed !== null && (
        <p className={styles.trouble} role="alert">
          <TriangleAlert size={16} data-tone="bad" aria-hidden /> {t("data.restore_failed")}{" "}
          <bdi>{backups.restore_failed}</bdi>
          <Forget busy={busy} attempt={attempt} word={t("data.understood")} />
        </p>
      )}
      {backups.restoring !== null && (
        <p className={styles.trouble} role="status">
          <TriangleAlert size={16} data-tone="warn" aria-hidden />{" "}
          {t("data.waits", { name: backups.restoring })}
          <Forget busy={busy} attempt={attempt} word={t("data.keep_present")} />
        </p>
      )}
      <div className={styles.line}>
        <label className={styles.field} htmlFor={ids.every}>
          <span>{t("data.every")}</span>
          <select
            id={ids.every}
            value={backups.hours}
            disabled={busy}
            onChange={(event) => schedule(Number(event.target.value), backups.keep)}
          >
            {every.map((hours) => (
              <option key={hours} value={hours}>
                {hours === 0 ? t("data.never") : t("data.hours", { count: hours })}
              </option>
            ))}
          </select>
        </label>
        <label className={styles.field} htmlFor={ids.keep}>
          <span>{t("data.keep")}</span>
          <select
            id={ids.keep}
            value={backups.keep}
            disabled={busy}
            onChange={(event) => schedule(backups.hours, Number(event.target.value))}
          >
            {keeps.map((keep) => (
              <option key={keep} value={keep}>
                {keep}
              </option>
            ))}
          </select>
        </label>
        <Button
          icon={Archive}
          data-action="backup.make"
          disabled={busy || backups.is_making}
          onClick={() => void attempt(() => transport.call("backups.make", {}))}
        >
          {t("data.back_up")}
        </Button>
      </div>
      {problem !== null && <ProblemLine problem={problem} />}
      {backups.items.length === 0 ? (
        <p className="quiet">{t("data.no_backups")}</p>
      ) : (
        <ul className={styles.list}>
          {backups.items.map((backup) => (
            <BackupRow
              key={backup.name}
              backup={backup}
              busy={busy || backups.restoring !== null}
              onRestore={() => setAsked({ name: backup.name, removes: false })}
              onRemove={() => setAsked({ name: backup.name, removes: true })}
            />
          ))}
        </ul>
      )}
      <p className="small quiet">
        {t("data.folder")}{" "}
        <bdi className="mono" dir="ltr">
          {backups.folder}
        </bdi>
      </p>
      {asked !== null && (
        <Asked
          {...asked}
          onNo={() => setAsked(null)}
          onYes={() => {
            const { name, removes } = asked;
            setAsked(null);
            void attempt(() => transport.call(removes ? "backups.remove" : "backups.restore", { name }));
          }}
        />
      )}
    </>
  );
}

interface AskedProps {
  name: string;
  removes: boolean;
  onNo(): void;
  onYes(): void;
}

function Asked({ name, removes, onNo, onYes }: AskedProps) {
  const { t } = useTranslation();
  return (
    <Dialog title={removes ? t("data.remove_title") : t("data.restore_title")} onClose={onNo}>
      <p>{removes ? t("data.remove_text", { name }) : t("data.restore_text", { name })}</p>
      <DialogButtons>
        <Button onClick={onNo}>{t("data.not_now")}</Button>
        <Button
          tone={removes ? "plain" : "go"}
          data-action={removes ? "backup.remove" : "backup.restore"}
          onClick={onYes}
        >
          {removes ? t("data.remove_it") : t("data.restore")}
        </Button>
      </DialogButtons>
    </Dialog>
  );
}

interface ForgetProps {
  busy: boolean;
  word: string;
  attempt(work: () => Promise<unknown>): Promise<void>;
}

function Forget({ busy, word, attempt }: ForgetProps) {
  const { transport } = useBackend();
  return (
    <Button
      small
      disabled={busy}
      data-action="backup.forget"
      onClick={() => void attempt(() => transport.call("backups.forget_restore", {}))}
    >
      {word}
    </Button>
  );
}
