/** All that is stored, looked through once more for secrets: how that stands, and a person's word. */
import { useQuery } from "@tanstack/react-query";
import { ScanSearch, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem, type Problem } from "../../backend/problem";
import { useBackend, useQueries } from "../../backend/use-backend";
import type { RescanView } from "../../backend/views";
import { Button } from "../../components/button";
import { Ago } from "../../components/moment";
import { ErrorState, LoadingRows } from "../../components/place-state";
import { ProblemLine } from "../../components/problem-line";
import styles from "./data-screen.module.css";
import { RescanFound } from "./rescan-found";

export function Rescan() {
  const { t } = useTranslation();
  const query = useQuery(useQueries().rescan());
  return (
    <section aria-labelledby="rescan">
      <h2 id="rescan">{t("rescan.title")}</h2>
      <p className="quiet">{t("rescan.text")}</p>
      {query.data === undefined && query.isError && (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      )}
      {query.data === undefined && !query.isError && <LoadingRows height={40} />}
      {query.data !== undefined && <Here rescan={query.data} />}
    </section>
  );
}

function Here({ rescan }: { rescan: RescanView }) {
  const { t } = useTranslation();
  const { transport, queries } = useBackend();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const begin = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await transport.call("secrets.rescan", {});
    } catch (thrown) {
      setProblem(asProblem(thrown));
    } finally {
      await queries.invalidateQueries({ queryKey: ["secrets.rescanned"] });
      setBusy(false);
    }
  };
  const works = rescan.state === "working";
  return (
    <>
      <Standing rescan={rescan} />
      {rescan.state === "stopped" && (
        <p className={styles.trouble} role="alert">
          <TriangleAlert size={16} data-tone="bad" aria-hidden /> {t("rescan.stopped")}{" "}
          <bdi>{rescan.trouble}</bdi>
        </p>
      )}
      {problem !== null && <ProblemLine problem={problem} />}
      {!works && (
        <div className={styles.line}>
          <Button icon={ScanSearch} disabled={busy} data-action="rescan.begin" onClick={() => void begin()}>
            {t(rescan.state === "stopped" || rescan.state === "waiting" ? "rescan.go_on" : "rescan.begin")}
          </Button>
        </div>
      )}
      {rescan.state === "done" && rescan.found !== null && (
        <RescanFound found={rescan.found} backups={rescan.older_backups} copies={rescan.older_copies} />
      )}
    </>
  );
}

function Standing({ rescan }: { rescan: RescanView }) {
  const { t } = useTranslation();
  const { state, found, stage } = rescan;
  if (state === "working" || state === "waiting") {
    const done = found?.messages ?? 0;
    const all = found?.messages_in_all ?? 0;
    return (
      <p className={styles.told} role="status" data-stage={stage}>
        {stage === "messages"
          ? t("rescan.messages", { done, all })
          : t(`rescan.stage_${stage ?? "messages"}`)}
        {state === "waiting" && <span className="small quiet">{t("rescan.waiting")}</span>}
      </p>
    );
  }
  const asks = rescan.rules_are_newer || rescan.keys_since > 0;
  return (
    <>
      <p className={styles.last}>
        {state === "done" && rescan.ended_at !== null ? (
          <>
            {t("rescan.last")} <Ago at={rescan.ended_at} />
          </>
        ) : (
          state === "never" && t(rescan.rules_are_newer ? "rescan.never" : "rescan.as_it_came")
        )}
      </p>
      {asks && state !== "stopped" && (
        <p className={styles.trouble} role="status">
          <TriangleAlert size={16} data-tone="warn" aria-hidden />{" "}
          {rescan.rules_are_newer ? t("rescan.newer") : t("rescan.keys", { count: rescan.keys_since })}
        </p>
      )}
    </>
  );
}
