/** A handoff as it was sent: where it stands, what came of it, what it keeps and lost, and its briefing with the way to each source. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Copy } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { type Action, bind } from "../../actions/action";
import { useHands, useShortcuts } from "../../actions/use-actions";
import { useApprovalIsOpen } from "../../actions/use-approval-is-open";
import { useQueries } from "../../backend/use-backend";
import type { HandoffDetail, HandoffId } from "../../backend/views";
import { ActionButton } from "../../components/button";
import { copyText } from "../../components/copy-button";
import { useNotices } from "../../components/notices";
import panes from "../../components/panes.module.css";
import { ErrorState, LoadingRows } from "../../components/place-state";
import { BriefingLines } from "./briefing-lines";
import { Coverage } from "./coverage";
import { HandoffAnswers } from "./handoff-answers";
import { HandoffFacts } from "./handoff-facts";
import styles from "./handoff-pane.module.css";
import { useHandoffName } from "./handoff-row";
import { HandoffState } from "./handoff-state";
import { LostFact } from "./lost-fact";
import lostLook from "./lost-facts.module.css";
import { PartLines } from "./part-lines";
import { citedBy, lostOf, type Place } from "./places";

export function HandoffPane({ id }: { id: HandoffId }) {
  const { data, isError, error, refetch } = useQuery(useQueries().handoff(id));
  if (data === undefined) {
    return isError ? (
      <ErrorState error={error} onRetry={() => void refetch()} />
    ) : (
      <LoadingRows height={36} />
    );
  }
  return <Shown handoff={data} />;
}

const copy: Action<{ text: string; tell(): void }> = {
  id: "handoffs.copy",
  label: "action.copy",
  icon: Copy,
  shortcut: "shift+c",
  enabled: () => true,
  run: async ({ text, tell }) => {
    await copyText(text);
    tell();
  },
};

function Shown({ handoff }: { handoff: HandoffDetail }) {
  const { t } = useTranslation();
  const { tell } = useNotices();
  const hands = useHands();
  const { name, project } = useHandoffName(handoff);
  const { briefing } = handoff;
  const sessions = citedBy(briefing);
  const copyIt = bind(copy, { text: briefing.text, tell: () => tell(t("action.copied")) }, hands);
  useShortcuts([copyIt], !useApprovalIsOpen());
  return (
    <article aria-labelledby="handoff">
      <header className={panes.shown}>
        <div>
          <h2 id="handoff">
            <bdi dir="auto">{name}</bdi>
          </h2>
          <p className={panes.facts}>
            <HandoffState state={handoff.state} />
            {handoff.project_id !== null && project !== undefined && (
              <Link to="/context/$id" params={{ id: handoff.project_id }} className={styles.link}>
                <bdi dir="auto">{project}</bdi>
              </Link>
            )}
            <code dir="ltr">{handoff.id}</code>
          </p>
        </div>
        <div className={styles.buttons}>
          <ActionButton action={copyIt} small />
          <HandoffAnswers handoff={handoff} />
        </div>
      </header>
      <HandoffFacts handoff={handoff} />
      {handoff.parts.length > 0 && (
        <Part title={t("queue.outcome")}>
          <PartLines parts={handoff.parts} />
        </Part>
      )}
      {briefing.coverage.loss != null && (
        <div className={styles.measured}>
          <Coverage loss={briefing.coverage.loss} />
          <Lost briefing={briefing} />
        </div>
      )}
      <section className={styles.briefing} aria-labelledby="briefing">
        <header>
          <h3 id="briefing">{t("handoff.briefing")}</h3>
          <span className="small quiet">{t("handoff.lines_count", { count: briefing.items.length })}</span>
        </header>
        <BriefingLines
          items={briefing.items}
          sessions={sessions}
          source={(place, reference) => (
            <ToMessage place={place} label={t("queue.open_source", { reference })} dir="ltr">
              {reference}
            </ToMessage>
          )}
        />
      </section>
    </article>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={styles.part} aria-label={title}>
      <h3>{title}</h3>
      {children}
    </section>
  );
}

/** So many stand open; more would push the briefing off the screen. */
const FEW = 5;

function Lost({ briefing }: { briefing: HandoffDetail["briefing"] }) {
  const { t } = useTranslation();
  const lost = lostOf(briefing);
  if (lost.length === 0) return null;
  return (
    <details className={`${styles.lost} ${lostLook.lost}`} open={lost.length <= FEW}>
      <summary>
        {t("handoff.lost")} <span className="num faint">{lost.length}</span>
      </summary>
      <ul>
        {lost.map((fact) => (
          <LostFact
            key={fact.text}
            fact={fact}
            sessions={citedBy(briefing)}
            way={(place, text) => (
              <ToMessage place={place} dir="auto" className={lostLook.text}>
                {text}
              </ToMessage>
            )}
          />
        ))}
      </ul>
    </details>
  );
}

interface ToMessageProps {
  place: Place;
  dir: "ltr" | "auto";
  /** Its name, where what is shown does not say enough. */
  label?: string;
  className?: string | undefined;
  children: string;
}

/** Opens the session at the very message. */
function ToMessage({ place, dir, label, className, children }: ToMessageProps) {
  return (
    <Link
      to="/context/sessions/$id"
      params={{ id: place.session }}
      search={{ at: place.at }}
      dir={dir}
      title={label ?? children}
      aria-label={label}
      className={className}
    >
      {children}
    </Link>
  );
}
