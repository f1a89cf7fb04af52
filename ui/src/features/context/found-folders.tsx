/** Folders that AI tools on this machine worked in and that no project holds: each becomes one with a click. */
import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem, type Problem } from "../../backend/problem";
import { useBackend, useQueries } from "../../backend/use-backend";
import type { FoundFolder } from "../../backend/views";
import { Button } from "../../components/button";
import { Ago } from "../../components/moment";
import { ProblemLine } from "../../components/problem-line";
import styles from "./context-screen.module.css";
import { toolName } from "./tool-name";

export function FoundFolders() {
  const { t } = useTranslation();
  const { transport, queries } = useBackend();
  const { data, error } = useQuery(useQueries().foundFolders());
  const [adding, setAdding] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const folders = data?.items ?? [];
  if (folders.length === 0 && error === null) return null;
  const add = async ({ folder }: FoundFolder) => {
    setAdding(folder);
    setProblem(null);
    try {
      await transport.call("projects.add", { folder });
      await Promise.all([
        queries.invalidateQueries({ queryKey: ["projects.list"] }),
        queries.invalidateQueries({ queryKey: ["projects.found"] }),
      ]);
    } catch (thrown) {
      setProblem(asProblem(thrown));
    } finally {
      setAdding(null);
    }
  };
  return (
    <section className={styles.found} aria-labelledby="found">
      <h2 id="found">{t("context.found")}</h2>
      <p className="small quiet">{t("context.found_text")}</p>
      <ProblemLine problem={problem ?? (error === null ? null : asProblem(error))} />
      <ul>
        {folders.map((found) => (
          <li key={found.folder}>
            <span className={styles.where}>
              <b className="cut" dir="auto">
                {found.name}
              </b>
              <span className="small quiet mono cut" dir="ltr" title={found.folder}>
                {found.folder}
              </span>
            </span>
            <span className={styles.numbers}>
              <span>{found.tools.map(toolName).join(", ")}</span>
              <span className="small quiet">
                {t("context.sessions_count", { count: found.sessions })}
                {found.last_session_at !== null && (
                  <>
                    , <Ago at={found.last_session_at} />
                  </>
                )}
              </span>
            </span>
            <Button
              small
              tone="accent"
              icon={Plus}
              disabled={adding !== null}
              aria-label={t("context.found_add", { name: found.name })}
              onClick={() => void add(found)}
            >
              {t("context.found_go")}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
