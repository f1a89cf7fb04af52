/** Takes files that are dropped on it or chosen, imports them one by one, and says what came of it. */
import { FileUp, TriangleAlert, X } from "lucide-react";
import { type DragEvent, type ReactNode, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "../../backend/problem";
import { upload } from "../../backend/upload";
import { useBackend } from "../../backend/use-backend";
import type { ImportView } from "../../backend/views";
import { Button, IconButton } from "../../components/button";
import styles from "./import-drop.module.css";
import { KeptElsewhere } from "./kept-elsewhere";

type Outcome = { name: string } & ({ report: ImportView } | { trouble: string });

interface ImportDropProps {
  /** Where everything goes; null: where the folders of the sessions say. */
  project: string | null;
  /** The screen, with the button that chooses files. */
  children(choose: ReactNode): ReactNode;
}

export function ImportDrop({ project, children }: ImportDropProps) {
  const { t } = useTranslation();
  const { transport, queries } = useBackend();
  const chooser = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [now, setNow] = useState<{ name: string; share: number } | null>(null);
  const [outcomes, setOutcomes] = useState<readonly Outcome[]>([]);
  const take = async (files: readonly File[]) => {
    setOutcomes([]);
    for (const file of files) {
      const { name } = file;
      setNow({ name, share: 0 });
      const outcome: Outcome = await upload(transport, file, project, (share) =>
        setNow({ name, share }),
      ).then(
        (report) => ({ name, report }),
        (thrown: unknown) => ({ name, trouble: asProblem(thrown).message }),
      );
      setOutcomes((before) => [...before, outcome]);
    }
    setNow(null);
    for (const key of ["projects.list", "projects.show", "sessions.list", "sessions.show"]) {
      await queries.invalidateQueries({ queryKey: [key] });
    }
  };
  const holdsFiles = (event: DragEvent) => event.dataTransfer.types.includes("Files");
  const choose = (
    <Button
      icon={FileUp}
      data-action="import.choose"
      disabled={now !== null}
      onClick={() => chooser.current?.click()}
    >
      {t("context.import")}
    </Button>
  );
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: what can be dropped can be chosen by the button as well.
    <div
      className={styles.area}
      data-over={over || undefined}
      onDragOver={(event) => {
        if (!holdsFiles(event)) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false);
      }}
      onDrop={(event) => {
        setOver(false);
        if (!holdsFiles(event)) return;
        event.preventDefault();
        if (now === null) void take([...event.dataTransfer.files]);
      }}
    >
      <input
        ref={chooser}
        type="file"
        multiple
        hidden
        aria-label={t("context.import")}
        onChange={(event) => {
          const files = [...(event.target.files ?? [])];
          event.target.value = "";
          if (files.length > 0) void take(files);
        }}
      />
      {children(choose)}
      {over && (
        <p className={styles.hint}>
          <FileUp size={20} strokeWidth={1.6} aria-hidden />
          {t("context.drop")}
        </p>
      )}
      {(now !== null || outcomes.length > 0) && (
        <section className={styles.told} aria-label={t("context.import")} aria-live="polite">
          {now !== null && (
            <p>
              {t("context.importing", { name: now.name })}{" "}
              <span className="num quiet">{Math.round(now.share * 100)} %</span>
            </p>
          )}
          {outcomes.map((outcome) => (
            <Told key={outcome.name} outcome={outcome} project={project} />
          ))}
          {now === null && (
            <IconButton
              icon={X}
              label={t("context.close")}
              className={styles.close}
              onClick={() => setOutcomes([])}
            />
          )}
        </section>
      )}
    </div>
  );
}

function Told({ outcome, project }: { outcome: Outcome; project: string | null }) {
  const { t } = useTranslation();
  if ("trouble" in outcome) {
    return (
      <p data-failed>
        <TriangleAlert size={14} data-tone="bad" aria-hidden /> <bdi>{outcome.name}</bdi>:{" "}
        <bdi>{outcome.trouble}</bdi>
      </p>
    );
  }
  const { report } = outcome;
  const secrets = Object.values(report.redactions).reduce((sum, times) => sum + times, 0);
  return (
    <div>
      <p>
        <bdi>{outcome.name}</bdi>: {t("context.sessions_count", { count: report.sessions.length })},{" "}
        {t("context.new_count", { count: report.new_messages })}
        {report.broken_lines > 0 && <>, {t("context.broken_count", { count: report.broken_lines })}</>}
        {secrets > 0 && <>, {t("context.secrets_count", { count: secrets })}</>}
      </p>
      <KeptElsewhere sessions={report.sessions} project={project} />
      {report.lost_because !== null && (
        <p className="small" data-tone="warn">
          {t("context.secrets_lost", { count: report.lost_secrets })} <bdi>{report.lost_because}</bdi>
        </p>
      )}
      {report.skipped.map((left) => (
        <p key={left.path} className="small quiet">
          <bdi>{left.path}</bdi>: <bdi>{left.why}</bdi>
        </p>
      ))}
    </div>
  );
}
