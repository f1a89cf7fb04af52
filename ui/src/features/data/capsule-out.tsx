/** A project or everything into one file: kept by the browser, or written where a person says. */
import { useQuery } from "@tanstack/react-query";
import { PackageOpen } from "lucide-react";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { download } from "../../backend/download";
import { asProblem, type Problem } from "../../backend/problem";
import { useBackend, useQueries } from "../../backend/use-backend";
import type { ExportedView } from "../../backend/views";
import { Button } from "../../components/button";
import { ProblemLine } from "../../components/problem-line";
import { size } from "../../lib/size";
import styles from "./data-screen.module.css";

export function CapsuleOut({ project }: { project: string | null }) {
  const { t, i18n } = useTranslation();
  const { transport } = useBackend();
  const projects = useQuery(useQueries().projects()).data?.items ?? [];
  const [scope, setScope] = useState(project ?? "");
  const [path, setPath] = useState("~");
  const [busy, setBusy] = useState(false);
  const [made, setMade] = useState<ExportedView | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const ids = { scope: useId(), path: useId() };
  // A window has no place where a browser would put what is downloaded.
  const asks = transport.kind === "window";
  const run = async () => {
    setBusy(true);
    setProblem(null);
    setMade(null);
    try {
      const answer = await transport.call("capsules.export", {
        path: asks ? path : null,
        project_id: scope === "" ? null : scope,
      });
      if (answer.download !== null) await download(transport, answer.download, answer.name, () => undefined);
      setMade(answer);
    } catch (thrown) {
      setProblem(asProblem(thrown));
    } finally {
      setBusy(false);
    }
  };
  const replaced = Object.values(made?.capsule.replaced ?? {}).reduce((sum, times) => sum + times, 0);
  return (
    <section aria-labelledby="capsule-out">
      <h2 id="capsule-out">{t("data.out_title")}</h2>
      <p className="quiet">{t("data.out_text")}</p>
      <div className={styles.line}>
        <label className={styles.field} htmlFor={ids.scope}>
          <span>{t("data.what")}</span>
          <select id={ids.scope} value={scope} onChange={(event) => setScope(event.target.value)}>
            <option value="">{t("data.everything")}</option>
            {projects.map((each) => (
              <option key={each.id} value={each.id}>
                {each.name}
              </option>
            ))}
          </select>
        </label>
        {asks && (
          <label className={styles.field} htmlFor={ids.path}>
            <span>{t("data.where")}</span>
            <input
              id={ids.path}
              className="mono"
              dir="ltr"
              value={path}
              onChange={(event) => setPath(event.target.value)}
            />
          </label>
        )}
        <Button
          tone="go"
          icon={PackageOpen}
          data-action="capsule.export"
          disabled={busy}
          onClick={() => void run()}
        >
          {t("data.export")}
        </Button>
      </div>
      <div aria-live="polite">
        {busy && <p className="quiet">{t("data.exporting")}</p>}
        {problem !== null && <ProblemLine problem={problem} />}
        {made !== null && (
          <div className={styles.told}>
            <p>
              <bdi className="mono">{made.path ?? made.name}</bdi>, {size(made.bytes, i18n.language)}
            </p>
            <p className="small quiet">
              {t("data.content_hash")} <code className={styles.hash}>{made.capsule.content_hash}</code>
            </p>
            <p className="small quiet">
              {replaced === 0 ? t("data.no_secrets") : t("data.secrets", { count: replaced })}
            </p>
            {made.capsule.left_out.map((left) => (
              <p key={left} className="small" data-tone="warn">
                <bdi>{left}</bdi>
              </p>
            ))}
          </div>
        )}
      </div>
    </section>
  );
}
