/** The queue of handoffs: what waits for an account, what is worked on, what is done. */
import { useQuery } from "@tanstack/react-query";
import {
  ArrowRightLeft,
  Check,
  CircleCheck,
  Copy,
  FolderKanban,
  Hourglass,
  LoaderCircle,
  type LucideIcon,
  Play,
  TriangleAlert,
  Undo2,
} from "lucide-react";
import { useTranslation } from "react-i18next";
import { type Action, bind } from "../../actions/action";
import { useHands } from "../../actions/use-actions";
import { useQueries } from "../../backend/use-backend";
import type { HandoffView } from "../../backend/views";
import { ActionButton, ButtonLink } from "../../components/button";
import { ContextHead } from "../../components/context-head";
import { copyText } from "../../components/copy-button";
import { Ago } from "../../components/moment";
import { ErrorState, ExampleCommand, LoadingRows, PlaceState } from "../../components/place-state";
import frame from "../../components/screen.module.css";
import styles from "./handoffs-screen.module.css";
import { PartLines } from "./part-lines";

const icons: Record<HandoffView["state"], LucideIcon> = {
  preparing: LoaderCircle,
  pending: Hourglass,
  claimed: Play,
  done: CircleCheck,
  withdrawn: Undo2,
  not_sent: TriangleAlert,
};

/** The account gets the briefing, on the clipboard, and the entry is its own. */
const claim: Action<HandoffView> = {
  id: "handoffs.claim",
  label: "handoff.claim",
  icon: Copy,
  enabled: ({ state }) => state === "pending",
  run: async ({ id }, { backend }) => {
    const claimed = await backend.transport.call("handoffs.claim", { id, account_id: null });
    await copyText(claimed.briefing.text);
  },
};

const done: Action<HandoffView> = {
  id: "handoffs.done",
  label: "handoff.done",
  icon: Check,
  enabled: ({ state }) => state === "claimed",
  run: async ({ id }, { backend }) => {
    await backend.transport.call("handoffs.done", { id, note: null });
  },
};

/** Out of the queue and out of the file; a commit stays. */
const takeBack: Action<HandoffView> = {
  id: "handoffs.withdraw",
  label: "action.take_back",
  icon: Undo2,
  enabled: ({ state }) => state === "pending",
  run: async ({ id }, { backend }) => {
    await backend.transport.call("handoffs.withdraw", { id });
  },
};

export function HandoffsScreen() {
  const { t } = useTranslation();
  const { data, isError, error, refetch } = useQuery(useQueries().handoffs());
  return (
    <div className={frame.screen}>
      <ContextHead here="handoffs" />
      {data === undefined && isError && <ErrorState error={error} onRetry={() => void refetch()} />}
      {data === undefined && !isError && <LoadingRows height={64} />}
      {data?.items.length === 0 && (
        <PlaceState
          icon={ArrowRightLeft}
          title={t("handoff.no_queue_title")}
          text={t("handoff.no_queue_text")}
        >
          <ButtonLink to="/context" search={{}} tone="accent" icon={FolderKanban}>
            {t("context.projects")}
          </ButtonLink>
          <ExampleCommand command="krake handoff create --project NAME" />
        </PlaceState>
      )}
      {data !== undefined && data.items.length > 0 && (
        <ul className={styles.list}>
          {data.items.map((handoff) => (
            <Row key={handoff.id} handoff={handoff} />
          ))}
        </ul>
      )}
    </div>
  );
}

function Row({ handoff }: { handoff: HandoffView }) {
  const { t, i18n } = useTranslation();
  const hands = useHands();
  const queries = useQueries();
  const { data: accounts } = useQuery(queries.accounts());
  const { data: projects } = useQuery(queries.projects());
  const nameOf = (id: string | null) => accounts?.items.find((account) => account.id === id)?.name ?? id;
  const project = projects?.items.find(({ id }) => id === handoff.project_id)?.name;
  const Icon = icons[handoff.state];
  const percent = new Intl.NumberFormat(i18n.language, { style: "percent" });
  const to = nameOf(handoff.claimed_by ?? handoff.to_account_id);
  return (
    <li className={styles.row} data-handoff={handoff.id}>
      <span className={styles.state} data-tone={handoff.state === "pending" ? "wait" : "idle"}>
        <Icon size={16} strokeWidth={1.75} aria-hidden />
        {t(`handoff.state_${handoff.state}`)}
      </span>
      <div className={styles.what}>
        <p>
          <bdi dir="auto">{handoff.goal ?? project ?? handoff.folder ?? t("handoff.given_context")}</bdi>
        </p>
        <p className={styles.facts}>
          {project !== undefined && handoff.goal !== null && <bdi dir="auto">{project}</bdi>}
          {to !== null && <bdi dir="auto">{t("handoff.for", { account: to })}</bdi>}
          <span>{t("context.tokens_count", { count: handoff.tokens })}</span>
          {handoff.score !== null && (
            <span>{t("handoff.score", { score: percent.format(handoff.score) })}</span>
          )}
        </p>
        <PartLines parts={handoff.parts} />
      </div>
      <span className={`${styles.time} small faint`}>
        <Ago at={handoff.created_at} />
      </span>
      <span className={styles.buttons}>
        {handoff.state === "not_sent" && handoff.project_id !== null && (
          <ButtonLink to="/context/$id/handoff" params={{ id: handoff.project_id }} icon={ArrowRightLeft}>
            {t("handoff.hand_over")}
          </ButtonLink>
        )}
        {[claim, done, takeBack]
          .map((action) => bind(action, handoff, hands))
          .filter(({ enabled }) => enabled)
          .map((action) => (
            <ActionButton
              key={action.id}
              action={action}
              small
              tone={action.id === takeBack.id ? "plain" : "accent"}
            />
          ))}
      </span>
    </li>
  );
}
