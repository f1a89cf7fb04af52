/** Everything that waits for a person or ended badly. Reads; list and peek are drawn by their own files. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { ArrowRightLeft, Inbox } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { bind } from "../../actions/action";
import { useHands, useShortcuts } from "../../actions/use-actions";
import { useApprovalIsOpen } from "../../actions/use-approval-is-open";
import { useQueries } from "../../backend/use-backend";
import type { ThreadView } from "../../backend/views";
import { ButtonLink } from "../../components/button";
import { ErrorState, LoadingRows, PlaceState } from "../../components/place-state";
import frame from "../../components/screen.module.css";
import { useNow } from "../../lib/use-now";
import { groupsOf, waits } from "./groups";
import { InboxList } from "./inbox-list";
import styles from "./inbox-screen.module.css";
import { type Kind, kinds } from "./search";
import { type Undo, undo } from "./triage";

const route = getRouteApi("/inbox");

export function InboxScreen() {
  const { t } = useTranslation();
  const { selected, kind, look = false } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(useQueries().threads());
  const now = useNow(60_000);
  const all = query.data?.items;
  const groups = useMemo(
    () => groupsOf(all?.filter((item) => kind === undefined || item.kind === kind) ?? [], now),
    [all, kind, now],
  );
  const waiting = all?.filter((item) => waits(item, now)).length ?? 0;
  const select = (id: string | undefined, look = false) =>
    void navigate({
      search: (search) => ({ ...search, selected: id, look: look || undefined }),
      replace: true,
    });
  const remember = useUndo();
  return (
    <div className={frame.screen}>
      <header className={`${frame.head} ${styles.head}`} data-tall>
        <h1>{t("inbox.title")}</h1>
        {waiting > 0 && <span className="quiet">{t("inbox.open", { count: waiting })}</span>}
      </header>
      {all !== undefined && all.length > 0 && <KindTabs items={all} kind={kind} />}
      {query.data === undefined && query.isError ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : all === undefined ? (
        <LoadingRows height={48} />
      ) : all.length === 0 ? (
        <PlaceState icon={Inbox} title={t("inbox.empty_title")} text={t("inbox.empty_text")}>
          <ButtonLink to="/context" search={{}} tone="accent" icon={ArrowRightLeft}>
            {t("inbox.hand_over")}
          </ButtonLink>
        </PlaceState>
      ) : groups.length === 0 ? (
        <PlaceState icon={Inbox} title={t("inbox.none_of_kind")} text={t("inbox.none_of_kind_text")} />
      ) : (
        <InboxList groups={groups} selected={selected} look={look} onSelect={select} onUndoable={remember} />
      )}
    </div>
  );
}

/** What can be taken back; it outlives the list, which is gone when the last thread was marked. */
function useUndo(): (step: Undo) => void {
  const [past, setPast] = useState<readonly Undo[]>([]);
  const subject = { past, undone: () => setPast((before) => before.slice(0, -1)) };
  useShortcuts([bind(undo, subject, useHands())], !useApprovalIsOpen());
  return (step) => setPast((before) => [...before, step]);
}

const names = {
  approval: "approvals",
  question: "questions",
  failed_step: "failures",
  unknown_outcome: "unknowns",
  stopped: "stops",
  failed: "ends",
  ran_out: "ran_outs",
  handoff: "sents",
} as const;

/** Only kinds that are here, and the one that is shown. */
function KindTabs({ items, kind }: { items: readonly ThreadView[]; kind: Kind | undefined }) {
  const { t } = useTranslation();
  const shown = kinds.filter((each) => each === kind || items.some((item) => item.kind === each));
  if (shown.length < 2 && kind === undefined) return null;
  return (
    <nav className={styles.tabs} aria-label={t("inbox.kinds")}>
      <Link
        to="/inbox"
        search={{}}
        activeOptions={{ exact: true, includeSearch: true }}
        data-chosen={kind === undefined || undefined}
      >
        {t("executions.all")}
      </Link>
      {shown.map((each) => (
        <Link
          key={each}
          to="/inbox"
          search={{ kind: each }}
          data-kind={each}
          data-chosen={kind === each || undefined}
        >
          {t(`inbox.${names[each]}`)}
          <span className="faint num">{items.filter((item) => item.kind === each).length}</span>
        </Link>
      ))}
    </nav>
  );
}
