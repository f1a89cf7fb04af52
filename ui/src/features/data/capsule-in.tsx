/** A capsule in: chosen or dropped, looked at, and taken in only when a person says so. */
import { FileSearch } from "lucide-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem, type Problem } from "../../backend/problem";
import { leave } from "../../backend/upload";
import { useBackend } from "../../backend/use-backend";
import type { CapsulePreviewView } from "../../backend/views";
import { Button } from "../../components/button";
import { ProblemLine } from "../../components/problem-line";
import { bringsSomething } from "./brings";
import { CapsulePreview } from "./capsule-preview";
import styles from "./data-screen.module.css";

type Step =
  | { at: "rest" }
  | { at: "reading"; name: string; share: number }
  | { at: "looked"; name: string; upload: string; preview: CapsulePreviewView }
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
  const look = (file: File) =>
    attempt(async () => {
      const { name } = file;
      setStep({ at: "reading", name, share: 0 });
      const upload = await leave(transport, file, (share) => setStep({ at: "reading", name, share }));
      const preview = await transport.call("capsules.preview", { upload });
      setStep({ at: "looked", name, upload, preview });
    });
  const take = (name: string, upload: string) =>
    attempt(async () => {
      setStep({ at: "taking", name });
      const preview = await transport.call("capsules.import", { upload });
      await queries.invalidateQueries();
      setStep({ at: "taken", name, preview });
    });
  const busy = step.at === "reading" || step.at === "taking";
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
      <div aria-live="polite">
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
              <Button tone="go" data-action="capsule.take" onClick={() => void take(step.name, step.upload)}>
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
