/** Search by meaning: what it is, which model was chosen, how far it is, what is in the way. */
import { useQuery } from "@tanstack/react-query";
import { TriangleAlert } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { TextKey } from "../../actions/action";
import { asProblem, type Problem } from "../../backend/problem";
import { useBackend, useQueries } from "../../backend/use-backend";
import type { MeaningView } from "../../backend/views";
import { Button } from "../../components/button";
import { Dialog, DialogButtons } from "../../components/dialog";
import { Exact } from "../../components/exact";
import { ClockTime } from "../../components/moment";
import { ProblemLine } from "../../components/problem-line";
import { Progress } from "../../components/progress";
import styles from "./meaning.module.css";
import { MeaningChoice } from "./meaning-choice";
import screen from "./settings-screen.module.css";

const states = {
  making: "meaning.state_making",
  ready: "meaning.state_ready",
  paused: "meaning.state_paused",
  waiting: "meaning.state_waiting",
  stuck: "meaning.state_stuck",
  not_running: "meaning.state_not_running",
} as const satisfies Record<Exclude<MeaningView["state"], "off">, TextKey>;

export function Meaning() {
  const { t } = useTranslation();
  const { transport, queries } = useBackend();
  const { data } = useQuery(useQueries().meaning());
  const [choosing, setChoosing] = useState(false);
  const [leaving, setLeaving] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const command = async (name: "meaning.pause" | "meaning.resume" | "meaning.off") => {
    setBusy(true);
    setProblem(null);
    try {
      await transport.call(name, {});
    } catch (thrown) {
      setProblem(asProblem(thrown));
    } finally {
      await queries.invalidateQueries({ queryKey: ["meaning.show"] });
      setBusy(false);
    }
  };
  const isOn = data !== undefined && data.state !== "off";
  return (
    <section aria-labelledby="meaning" className={screen.place}>
      <h2 id="meaning">{t("meaning.title")}</h2>
      <p className="quiet">
        {t("meaning.text")} {data?.state === "off" && t("meaning.until_then")}
      </p>
      {isOn && <Standing meaning={data} />}
      <ProblemLine problem={problem} />
      {data !== undefined && (
        <div className={styles.buttons}>
          {isOn && <Steps meaning={data} busy={busy} onStep={(name) => void command(name)} />}
          <Button data-action="meaning.choose" disabled={busy} onClick={() => setChoosing(true)}>
            {isOn ? t("meaning.another") : t("meaning.choose")}
          </Button>
          {isOn && (
            <Button data-action="meaning.off" disabled={busy} onClick={() => setLeaving(true)}>
              {t("meaning.off")}
            </Button>
          )}
        </div>
      )}
      <MeaningChoice open={choosing} onClose={() => setChoosing(false)} />
      {leaving && (
        <Dialog title={t("meaning.off_title")} onClose={() => setLeaving(false)}>
          <p>{t("meaning.off_text")}</p>
          <DialogButtons>
            <Button onClick={() => setLeaving(false)}>{t("meaning.not_now")}</Button>
            <Button
              data-action="meaning.off_now"
              onClick={() => {
                setLeaving(false);
                void command("meaning.off");
              }}
            >
              {t("meaning.off")}
            </Button>
          </DialogButtons>
        </Dialog>
      )}
    </section>
  );
}

interface StepsProps {
  meaning: MeaningView;
  busy: boolean;
  onStep(name: "meaning.pause" | "meaning.resume"): void;
}

/** What can be done about how it stands. */
function Steps({ meaning: { state }, busy, onStep }: StepsProps) {
  const { t } = useTranslation();
  if (state === "making" || state === "ready") {
    return (
      <Button data-action="meaning.pause" disabled={busy} onClick={() => onStep("meaning.pause")}>
        {t("meaning.pause")}
      </Button>
    );
  }
  if (state === "not_running") return null;
  return (
    <Button data-action="meaning.resume" disabled={busy} onClick={() => onStep("meaning.resume")}>
      {state === "paused" ? t("meaning.resume") : t("meaning.again")}
    </Button>
  );
}

function Standing({ meaning }: { meaning: MeaningView }) {
  const { t, i18n } = useTranslation();
  const { state, chosen, there, messages, passed_over, why, until } = meaning;
  if (state === "off" || chosen === null) return null;
  const number = new Intl.NumberFormat(i18n.language);
  const hindered = state === "waiting" || state === "stuck";
  return (
    <div className={styles.standing} data-state={state} role="status">
      <p className={styles.line}>
        <strong>{t(states[state])}</strong>
        <Progress done={there + passed_over} total={messages} tone={hindered ? "warn" : "well"} />
        <span className="num">
          {t("meaning.so_far", { there: number.format(there), messages: number.format(messages) })}
        </span>
      </p>
      <p className="quiet">
        <bdi dir="auto">
          <Exact text={chosen.account ?? t("meaning.removed")} />
        </bdi>
        {" · "}
        <bdi className="mono" dir="ltr">
          <Exact text={chosen.model} />
        </bdi>
        {" · "}
        {chosen.stays_here ? (
          t("meaning.here")
        ) : (
          <bdi className="mono" dir="ltr">
            <Exact text={chosen.place} />
          </bdi>
        )}
      </p>
      {passed_over > 0 && (
        <p className="small quiet">{t("meaning.passed", { passed: number.format(passed_over) })}</p>
      )}
      {why !== null && (
        <p className={styles.why}>
          <TriangleAlert size={16} strokeWidth={1.75} data-tone="warn" aria-hidden />
          <span>
            <bdi dir="auto">
              <Exact text={why} />
            </bdi>
            {until !== null && (
              <>
                {" · "}
                {t("meaning.until")} <ClockTime at={until} />
              </>
            )}
          </span>
        </p>
      )}
    </div>
  );
}
