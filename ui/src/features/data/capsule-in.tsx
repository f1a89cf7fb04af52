/** A capsule in: chosen or dropped, looked at, and taken in only when a person says so. */
import { FileSearch } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useImport } from "../../actions/import";
import { asProblem, type Problem } from "../../backend/problem";
import { leave } from "../../backend/upload";
import { useBackend } from "../../backend/use-backend";
import type { CapsulePreviewView } from "../../backend/views";
import { Button } from "../../components/button";
import { ProblemLine } from "../../components/problem-line";
import { baseName } from "../../lib/base-name";
import { bringsSomething } from "./brings";
import { CapsulePreview } from "./capsule-preview";
import styles from "./data-screen.module.css";

/** Where the core has it: as it was sent, or where it lies on this machine. */
type Source = { upload: string } | { path: string };

type Step =
  | { at: "rest" }
  | { at: "reading"; name: string; share: number }
  | { at: "looked"; name: string; source: Source; preview: CapsulePreviewView }
  | { at: "taking"; name: string }
  | { at: "taken"; name: string; preview: CapsulePreviewView };

export function CapsuleIn() {
  const { t } = useTranslation();
  const { transport, queries } = useBackend();
  const chooser = useRef<HTMLInputElement>(null);
  const [step, setStep] = useState<Step>({ at: "rest" });
  const [problem, setProblem] = useState<Problem | null>(null);
  const attempt = async (work: () => Promise<void>) => {
    setProblem(null);
    try {
      await work();
    } catch (thrown) {
      setProblem(asProblem(thrown));
      setStep({ at: "rest" });
    }
  };
  const look = (file: File | string) =>
    attempt(async () => {
      const name = typeof file === "string" ? baseName(file) : file.name;
      setStep({ at: "reading", name, share: 0 });
      const source =
        typeof file === "string"
          ? { path: file }
          : { upload: await leave(transport, file, (share) => setStep({ at: "reading", name, share })) };
      const preview = await transport.call("capsules.preview", source);
      setStep({ at: "looked", name, source, preview });
    });
  const take = (name: string, source: Source) =>
    attempt(async () => {
      setStep({ at: "taking", name });
      const preview = await transport.call("capsules.import", source);
      await queries.invalidateQueries();
      setStep({ at: "taken", name, preview });
    });
  const busy = step.at === "reading" || step.at === "taking";
  const { claim } = useImport();
  useEffect(() =>
    claim(([path]) => {
      if (path === undefined || !path.endsWith(".krake")) return false;
      if (!busy) void look(path);
      return true;
    }),
  );
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: what can be dropped can be chosen by the button as well.
    <div
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        const [file] = event.dataTransfer.files;
        if (file !== undefined && !busy) void look(file);
      }}
    >
      <input
        ref={chooser}
        type="file"
        accept=".krake"
        hidden
        aria-label={t("data.choose")}
        onChange={(event) => {
          const [file] = event.target.files ?? [];
          event.target.value = "";
          if (file !== undefined) void look(file);
        }}
      />
      <div className={styles.line}>
        <Button
          icon={FileSearch}
          data-action="capsule.choose"
          disabled={busy}
          onClick={() => chooser.current?.click()}
        >
          {t("data.choose")}
        </Button>
      </div>
      <div className={styles.heard} aria-live="polite">
        {step.at === "reading" && (
          <p className="quiet">
            {t("data.reading", { name: step.name })}{" "}
            <span className="num">{Math.round(step.share * 100)} %</span>
          </p>
        )}
        {step.at === "taking" && <p className="quiet">{t("data.taking", { name: step.name })}</p>}
        {problem !== null && <ProblemLine problem={problem} />}
        {step.at === "looked" && (
          <CapsulePreview name={step.name} preview={step.preview}>
            {bringsSomething(step.preview) && (
              <Button tone="go" data-action="capsule.take" onClick={() => void take(step.name, step.source)}>
                {t("data.take")}
              </Button>
            )}
            <Button onClick={() => setStep({ at: "rest" })}>{t("data.not_now")}</Button>
          </CapsulePreview>
        )}
        {step.at === "taken" && <CapsulePreview name={step.name} preview={step.preview} />}
      </div>
    </div>
  );
}
