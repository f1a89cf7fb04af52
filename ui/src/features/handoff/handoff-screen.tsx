/** The handoff composer: the source with what was kept, the briefing within its budget, the receiver. */
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { FileText } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { bind } from "../../actions/action";
import { cursorMoves } from "../../actions/cursor";
import { useHands, useShortcuts } from "../../actions/use-actions";
import { useApprovalIsOpen } from "../../actions/use-approval-is-open";
import { asProblem } from "../../backend/problem";
import { useQueries } from "../../backend/use-backend";
import type { DraftId, MadeBriefing, ProjectDetail, SessionId, WrittenBriefing } from "../../backend/views";
import { KeyHints } from "../../components/keys";
import { Ago } from "../../components/moment";
import { ErrorState, LoadingRows, PlaceState, Waiting } from "../../components/place-state";
import frame from "../../components/screen.module.css";
import { MessageList } from "../context/message-list";
import { BriefingPane } from "./briefing-pane";
import { PROPOSED } from "./choice";
import { HandoffActions } from "./handoff-actions";
import styles from "./handoff-screen.module.css";
import { keptOf, type Place } from "./places";
import { ProsePane } from "./prose-pane";
import { ReceiverPane } from "./receiver-pane";
import { USUAL } from "./search";
import { useWanted } from "./use-wanted";

const route = getRouteApi("/context/$id/handoff");

export function HandoffScreen() {
  const { id } = route.useParams();
  const project = useQuery(useQueries().project(id));
  if (project.data === undefined) {
    return project.isError ? (
      <ErrorState error={project.error} onRetry={() => void project.refetch()} />
    ) : (
      <LoadingRows height={52} />
    );
  }
  return <Composer detail={project.data} />;
}

function Composer({ detail: { project } }: { detail: ProjectDetail }) {
  const { t } = useTranslation();
  const { budget = USUAL, to, goal, draft, session, at, ...search } = route.useSearch();
  const [choice, setChoice] = useState(PROPOSED);
  const cache = useQueryClient();
  const queries = useQueries();
  const navigate = route.useNavigate();
  const put = (change: Partial<ReturnType<typeof route.useSearch>>) =>
    void navigate({ search: (now) => ({ ...now, ...change }), replace: true });
  const wanted = useWanted(draft as DraftId | undefined, search.wanted, (facts) =>
    put({ wanted: facts.length === 0 ? undefined : [...facts] }),
  );
  // What a model wrote belongs to one budget and one wish.
  const [prose, setProse] = useState<{ budget: number; goal: string | undefined; by: WrittenBriefing }>();
  const written = prose?.budget === budget && prose.goal === goal ? prose.by : undefined;
  const answer = written?.model?.used === true ? written.model.answer : null;
  const made = useQuery({
    ...queries.briefing(project.id, budget, goal, wanted.facts, answer),
    enabled: wanted.known,
    placeholderData: keepPreviousData,
  });
  const shown = made.data;
  const onWritten = (by: WrittenBriefing | undefined) => {
    // The briefing came with the answer; it is not made a second time.
    if (by?.model?.used === true) {
      const same = queries.briefing(project.id, budget, goal, wanted.facts, by.model.answer);
      cache.setQueryData(same.queryKey, by);
    }
    setProse(by === undefined ? undefined : { budget, goal, by });
  };
  const look = (place: Place) => put({ session: place.session, at: place.at });
  return (
    <div className={frame.screen}>
      <header className={`${frame.head} ${styles.head}`}>
        <div>
          <p className="small quiet">
            <Link to="/context" search={{}}>
              {t("context.title")}
            </Link>
            {" › "}
            <Link to="/context/$id" params={{ id: project.id }}>
              <bdi>{project.name}</bdi>
            </Link>
          </p>
          <h1>
            <bdi>{t("handoff.title", { project: project.name })}</bdi>
          </h1>
          {draft !== undefined && <Because id={draft as DraftId} />}
        </div>
        {shown !== undefined && (
          <HandoffActions
            project={project}
            made={shown}
            to={to}
            goal={goal}
            draft={draft as DraftId | undefined}
            choice={choice}
            wanted={wanted.facts}
            answer={answer}
          />
        )}
      </header>
      {shown === undefined && made.isError ? (
        asProblem(made.error).status === 404 ? (
          <PlaceState icon={FileText} title={t("handoff.empty_title")} text={t("handoff.empty_text")} />
        ) : (
          <ErrorState error={made.error} onRetry={() => void made.refetch()} />
        )
      ) : shown === undefined ? (
        <Waiting reason={t("handoff.making", { count: project.sessions })} height={36} />
      ) : (
        <div className={styles.panes}>
          <SourcePane
            made={shown}
            session={session as SessionId | undefined}
            at={at}
            onSession={(next) => put({ session: next, at: undefined })}
            onLook={look}
          />
          <BriefingPane
            made={shown}
            budget={budget}
            goal={goal}
            busy={made.isFetching || wanted.keeping}
            looked={at}
            wanted={wanted.facts}
            onWanted={wanted.put}
            onBudget={(next) => put({ budget: next })}
            onGoal={(next) => put({ goal: next })}
            onLook={look}
          >
            <ProsePane
              key={`${budget} ${goal ?? ""}`}
              project={project}
              budget={budget}
              goal={goal}
              wanted={wanted.facts}
              written={written}
              inIt={shown.items.filter(({ by_model }) => by_model === true).length}
              onWritten={onWritten}
            />
          </BriefingPane>
          <ReceiverPane
            project={project}
            made={shown}
            to={to}
            choice={choice}
            onChoose={(next) => put({ to: next })}
            onChoice={setChoice}
          />
        </div>
      )}
    </div>
  );
}

/** Why there is a draft at all, or that it was answered. */
function Because({ id }: { id: DraftId }) {
  const { t } = useTranslation();
  const { data } = useQuery(useQueries().draft(id));
  if (data === undefined) return null;
  const { state, who, ran_out_at, handoff_id } = data.draft;
  return (
    <p className="small quiet">
      {state === "open" ? (
        <>
          {t("handoff.because", { who })} · <Ago at={ran_out_at} />
        </>
      ) : (
        <>
          {t("handoff.draft_answered")}{" "}
          {handoff_id !== null && (
            <Link to="/context/handoffs" search={{ id: handoff_id }}>
              {t("handoff.its_handoff")}
            </Link>
          )}
        </>
      )}
    </p>
  );
}

interface SourcePaneProps {
  made: MadeBriefing;
  session: SessionId | undefined;
  at: number | undefined;
  onSession(id: SessionId): void;
  onLook(place: Place): void;
}

const moves = cursorMoves("handoff");

/** The messages of one session, with what the briefing kept marked. */
function SourcePane({ made, session, at, onSession, onLook }: SourcePaneProps) {
  const { t } = useTranslation();
  const hands = useHands();
  const shown = made.sessions.find(({ id }) => id === session) ?? made.sessions.at(-1);
  const kept = shown === undefined ? new Map<number, readonly string[]>() : keptOf(made, shown.id);
  const places = [...kept.keys()].sort((one, other) => one - other);
  const looked = at ?? last(kept);
  // One that stands between two of them counts as the one before.
  const cursor = {
    count: places.length,
    at: places.findLastIndex((place) => place <= (looked ?? -1)),
    move: (to: number) => {
      const place = places[to];
      if (shown !== undefined && place !== undefined) onLook({ session: shown.id, at: place });
    },
  };
  useShortcuts(
    moves.map((action) => bind(action, cursor, hands)),
    !useApprovalIsOpen(),
  );
  if (shown === undefined) return null;
  return (
    <section className={styles.source} aria-labelledby="source">
      <header className={styles.paneHead}>
        <h2 id="source">{t("handoff.source")}</h2>
        <select
          dir="auto"
          aria-label={t("handoff.session")}
          value={shown.id}
          onChange={(event) => onSession(event.currentTarget.value as SessionId)}
        >
          {made.sessions.map(({ id, title, label }) => (
            <option key={id} value={id}>
              {label} {title ?? t("context.no_title")}
            </option>
          ))}
        </select>
        <span className="small faint">{t("context.messages_count", { count: shown.messages })}</span>
      </header>
      <MessageList key={shown.id} id={shown.id} count={shown.messages} at={looked} kept={kept} />
      <footer className={styles.paneFoot}>
        <span className={styles.keptMark} aria-hidden />
        {t("handoff.kept_count", { count: kept.size })}
        <span className={styles.end}>
          <KeyHints hints={[{ shortcuts: ["j", "k"], word: t("handoff.key_kept") }]} />
        </span>
      </footer>
    </section>
  );
}

function last(kept: ReadonlyMap<number, unknown>): number | undefined {
  return kept.size === 0 ? undefined : Math.max(...kept.keys());
}
