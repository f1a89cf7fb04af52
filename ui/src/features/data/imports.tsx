/** Capsules that came in, each with the way to take it back; what stays then is named. */
import { useQuery } from "@tanstack/react-query";
import { Undo2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem, type Problem } from "../../backend/problem";
import { useBackend, useQueries } from "../../backend/use-backend";
import type { UndoneView } from "../../backend/views";
import { Button } from "../../components/button";
import { Ago } from "../../components/moment";
import { ProblemLine } from "../../components/problem-line";
import styles from "./data-screen.module.css";

export function Imports() {
  const { t } = useTranslation();
  const { transport, queries } = useBackend();
  const imports = useQuery(useQueries().capsuleImports()).data?.items ?? [];
  const [busy, setBusy] = useState(false);
  const [undone, setUndone] = useState<UndoneView | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const undo = async (id: (typeof imports)[number]["id"]) => {
    setBusy(true);
    setProblem(null);
    setUndone(null);
    try {
      const answer = await transport.call("capsules.undo", { id });
      await queries.invalidateQueries();
      setUndone(answer);
    } catch (thrown) {
      setProblem(asProblem(thrown));
    } finally {
      setBusy(false);
    }
  };
  if (imports.length === 0) return null;
  const sum = (counts: Record<string, number>) =>
    Object.values(counts).reduce((all, count) => all + count, 0);
  const removed = sum(undone?.removed ?? {});
  const shortened = sum(undone?.shortened ?? {});
  return (
    <>
      <ul className={styles.list}>
        {imports.map((one) => (
          <li key={one.id} data-import={one.id}>
            <span className={styles.what}>
              <bdi>{one.file}</bdi>
              <span className="small quiet">
                {t("data.brought", { count: one.brought })} · <Ago at={one.imported_at} />
                {one.undone_at !== null && (
                  <>
                    {" · "}
                    {t("data.taken_back")} <Ago at={one.undone_at} />
                  </>
                )}
              </span>
            </span>
            {one.undone_at === null && (
              <Button
                small
                icon={Undo2}
                data-action="capsule.undo"
                disabled={busy}
                onClick={() => void undo(one.id)}
              >
                {t("data.take_back")}
              </Button>
            )}
          </li>
        ))}
      </ul>
      <div aria-live="polite">
        {problem !== null && <ProblemLine problem={problem} />}
        {undone !== null && (
          <div className={styles.told}>
            <p>{t("data.removed", { count: removed })}</p>
            {shortened > 0 && <p>{t("capsule.shortened", { count: shortened })}</p>}
            {undone.kept.map((kept) => (
              <p key={`${kept.noun} ${kept.id}`} className="small">
                {t("data.stays")} <bdi>{kept.title === "" ? kept.id : kept.title}</bdi>:{" "}
                <bdi className="quiet">{kept.why}</bdi>
              </p>
            ))}
          </div>
        )}
      </div>
    </>
  );
}
