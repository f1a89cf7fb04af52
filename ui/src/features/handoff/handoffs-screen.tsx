/** The queue of handoffs: what waits for an account, what is worked on, what is done; and beside the list, the chosen one whole. */
import "../../i18n/late";
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { ArrowRightLeft, ChevronLeft, FolderKanban, MousePointerClick } from "lucide-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { bind } from "../../actions/action";
import { cursorMoves } from "../../actions/cursor";
import { useHands, useShortcuts } from "../../actions/use-actions";
import { useApprovalIsOpen } from "../../actions/use-approval-is-open";
import { useQueries } from "../../backend/use-backend";
import type { HandoffId, HandoffView } from "../../backend/views";
import { Button, ButtonLink } from "../../components/button";
import { ContextHead } from "../../components/context-head";
import panes from "../../components/panes.module.css";
import { ErrorState, ExampleCommand, LoadingRows, PlaceState } from "../../components/place-state";
import frame from "../../components/screen.module.css";
import { HandoffPane } from "./handoff-pane";
import { HandoffRow } from "./handoff-row";
import styles from "./handoffs-screen.module.css";

const route = getRouteApi("/context/handoffs");

export function HandoffsScreen() {
  const { id } = route.useSearch();
  return (
    <div className={frame.screen}>
      <ContextHead here="handoffs" />
      <div className={panes.panes} data-open={id !== undefined || undefined}>
        <Handoffs id={id} />
      </div>
    </div>
  );
}

function Handoffs({ id }: { id: string | undefined }) {
  const { t } = useTranslation();
  const query = useInfiniteQuery(useQueries().handoffs());
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  const more = () => {
    if (query.hasNextPage && !query.isFetching) void query.fetchNextPage();
  };
  useCursor(items, id, more);
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    if (id !== undefined) list.current?.querySelector("[data-chosen]")?.scrollIntoView({ block: "nearest" });
  }, [id]);
  if (query.data === undefined) {
    return query.isError ? (
      <ErrorState error={query.error} onRetry={() => void query.refetch()} />
    ) : (
      <LoadingRows height={60} />
    );
  }
  if (items.length === 0 && id === undefined) {
    return (
      <PlaceState icon={ArrowRightLeft} title={t("handoff.no_queue_title")} text={t("handoff.no_queue_text")}>
        <ButtonLink to="/context" search={{}} tone="accent" icon={FolderKanban}>
          {t("context.projects")}
        </ButtonLink>
        <ExampleCommand command="krake handoff create --project NAME" />
      </PlaceState>
    );
  }
  return (
    <>
      <div className={panes.list}>
        <ul ref={list} aria-label={t("handoff.queue")}>
          {items.map((handoff) => (
            <HandoffRow key={handoff.id} handoff={handoff} chosen={handoff.id === id} />
          ))}
        </ul>
        {query.hasNextPage && (
          <p className={styles.more}>
            <Button disabled={query.isFetching} onClick={more}>
              {t("context.more")}
            </Button>
          </p>
        )}
      </div>
      <div className={panes.pane}>
        {id === undefined ? (
          <PlaceState
            icon={MousePointerClick}
            title={t("queue.choose_title")}
            text={t("queue.choose_text")}
          />
        ) : (
          <>
            <Link to="/context/handoffs" search={{}} className={panes.back}>
              <ChevronLeft size={16} strokeWidth={1.75} aria-hidden /> {t("queue.all")}
            </Link>
            <HandoffPane key={id} id={id as HandoffId} />
          </>
        )}
      </div>
    </>
  );
}

const moves = cursorMoves("handoffs");

/** The keys go through the list; at its end they fetch what comes after. */
function useCursor(items: readonly HandoffView[], id: string | undefined, more: () => void): void {
  const hands = useHands();
  const navigate = route.useNavigate();
  const cursor = {
    count: items.length,
    at: items.findIndex((one) => one.id === id),
    move: (to: number) => {
      if (to === items.length - 1) more();
      const next = items[to];
      if (next !== undefined) void navigate({ search: { id: next.id }, replace: true });
    },
  };
  useShortcuts(
    moves.map((action) => bind(action, cursor, hands)),
    !useApprovalIsOpen(),
  );
}
