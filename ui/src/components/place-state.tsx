/** What a screen shows when it has nothing to show: still loading, empty, or broken, with a next step. */
import { ArrowRightLeft, CloudOff, KeyRound, type LucideIcon, RotateCw, TriangleAlert } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Say } from "../actions/action";
import { asProblem, details, type Problem } from "../backend/problem";
import { useBackend } from "../backend/use-backend";
import { spanText } from "../lib/span";
import { useNow } from "../lib/use-now";
import { Button } from "./button";
import { CopyButton } from "./copy-button";
import { useNotices } from "./notices";
import styles from "./place-state.module.css";

interface PlaceStateProps {
  icon: LucideIcon;
  title: string;
  text: string;
  tone?: "bad";
  children?: ReactNode;
}

export function PlaceState({ icon: Icon, title, text, tone, children }: PlaceStateProps) {
  return (
    <section className={styles.place}>
      <Icon size={28} strokeWidth={1.5} data-tone={tone ?? "idle"} aria-hidden />
      <h2>{title}</h2>
      <p className="quiet" dir="auto">
        {text}
      </p>
      {children !== undefined && <div className={styles.next}>{children}</div>}
    </section>
  );
}

/** A command to copy, in the middle of an empty place. */
export function ExampleCommand({ command }: { command: string }) {
  return (
    <div className={styles.command}>
      <code dir="ltr">{command}</code>
      <CopyButton text={command} quiet />
    </div>
  );
}

export function ErrorState({ error, onRetry }: { error: unknown; onRetry(): void }) {
  const { t } = useTranslation();
  const { live } = useBackend();
  const problem = asProblem(error);
  const retry = () => {
    live.retryNow();
    onRetry();
  };
  const { icon, title, text } = words(problem, t);
  return (
    <div role="alert" data-problem={problem.code}>
      <PlaceState icon={icon} title={title} text={text} tone="bad">
        {problem.code === "owned" && <TakeOver onDone={retry} />}
        <Button icon={RotateCw} tone="accent" onClick={retry}>
          {t("action.retry")}
        </Button>
        <CopyButton text={() => details(problem)} label={t("action.copy_details")} />
      </PlaceState>
    </div>
  );
}

/** The other process ends cleanly, and this window goes on in its place. */
function TakeOver({ onDone }: { onDone(): void }) {
  const { t } = useTranslation();
  const { transport } = useBackend();
  const { tellProblem } = useNotices();
  if (transport.takeOver === undefined) return null;
  const ask = () => transport.takeOver?.().then(onDone, (thrown: unknown) => tellProblem(asProblem(thrown)));
  return (
    <Button icon={ArrowRightLeft} tone="go" data-action="owner.leave" onClick={() => void ask()}>
      {t("error.take_over")}
    </Button>
  );
}

/** Rows in the shape of what comes, so that nothing jumps when it is here. */
export function LoadingRows({ height }: { height: number }) {
  const { t } = useTranslation();
  return (
    <div className={styles.loading} aria-busy="true">
      <span className="unseen" role="status">
        {t("error.loading")}
      </span>
      {[62, 48, 71, 54, 66, 43].map((width) => (
        <div key={width} className={styles.bone} style={{ height }}>
          <i style={{ width: `${width}%` }} />
        </div>
      ))}
    </div>
  );
}

/** The same with what is waited for and for how long, as soon as that is more than a moment. */
export function Waiting({ reason, height }: { reason: string; height: number }) {
  const { i18n } = useTranslation();
  const [since] = useState(() => Date.now());
  const waited = useNow(1_000) - since;
  return (
    <>
      <p className={styles.waiting} data-shown={waited >= 1_000 || undefined}>
        {reason} <span className="num">{waited >= 1_000 && spanText(waited, i18n.language)}</span>
      </p>
      <LoadingRows height={height} />
    </>
  );
}

function words(problem: Problem, t: Say) {
  if (problem.isUnreachable) {
    return { icon: CloudOff, title: t("error.unreachable_title"), text: t("error.unreachable_text") };
  }
  if (problem.status === 401 || problem.status === 403) {
    return { icon: KeyRound, title: t("error.no_access_title"), text: t("error.no_access_text") };
  }
  const title = problem.code === "owned" ? t("error.owned_title") : t("error.title");
  return { icon: TriangleAlert, title, text: problem.sentences };
}
