/** What was learned, by category and by its words. Reads; list, entry and dialogs have files of their own. */
import { useMediaQuery } from "@mantine/hooks";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { BookOpen, Search } from "lucide-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { bind } from "../../actions/action";
import { useHands, useShortcuts } from "../../actions/use-actions";
import { useApprovalIsOpen } from "../../actions/use-approval-is-open";
import { useQueries } from "../../backend/use-backend";
import type { KnowledgeId, KnowledgeView } from "../../backend/views";
import { ActionButton, Button } from "../../components/button";
import { KeyHints, Keys } from "../../components/keys";
import { ErrorState, LoadingRows, PlaceState } from "../../components/place-state";
import frame from "../../components/screen.module.css";
import { add, correct, find, type KnowledgePlace, moves, write } from "./actions";
import { KnowledgeEntry } from "./knowledge-entry";
import { KnowledgeForm } from "./knowledge-form";
import { KnowledgeList } from "./knowledge-list";
import styles from "./knowledge-screen.module.css";
import { KnowledgeTabs } from "./knowledge-tabs";
import { KnowledgeWrite } from "./knowledge-write";

const route = getRouteApi("/knowledge");

type Dialog = { kind: "add" } | { kind: "correct"; entry: KnowledgeView } | { kind: "write" } | null;

export function KnowledgeScreen() {
  const { t } = useTranslation();
  const { q, category, selected } = route.useSearch();
  const navigate = route.useNavigate();
  const hands = useHands();
  const queries = useQueries();
  const [dialog, setDialog] = useState<Dialog>(null);
  const field = useRef<HTMLInputElement>(null);
  const wide = useMediaQuery("(min-width: 1001px)") ?? true;

  const listed = useInfiniteQuery({ ...queries.knowledge(category), enabled: q === undefined });
  const found = useQuery({ ...queries.findKnowledge(q ?? ""), enabled: q !== undefined });
  const query = q === undefined ? listed : found;
  const all = q === undefined ? listed.data?.pages.flatMap((page) => page.items) : found.data?.items;
  const items = all?.filter((entry) => category === undefined || entry.category === category) ?? [];

  const put = (change: Partial<ReturnType<typeof route.useSearch>>) =>
    void navigate({ search: (search) => ({ ...search, ...change }), replace: true });
  const select = (id: string | undefined) => put({ selected: id });
  const chosen = items.find((item) => item.id === selected) ?? (wide ? items[0] : undefined);
  const shown = chosen?.id ?? (selected as KnowledgeId | undefined);
  const place: KnowledgePlace = {
    items,
    chosen,
    find: () => field.current?.focus(),
    add: () => setDialog({ kind: "add" }),
    correct: (entry) => setDialog({ kind: "correct", entry }),
    write: () => setDialog({ kind: "write" }),
  };
  const covered = useApprovalIsOpen() || dialog !== null;
  const cursor = {
    count: items.length,
    at: items.findIndex((item) => item.id === chosen?.id),
    move: (to: number) => select(items[to]?.id),
  };
  const bound = [
    ...moves.map((action) => bind(action, cursor, hands)),
    ...[find, add, correct, write].map((action) => bind(action, place, hands)),
  ];
  useShortcuts(bound, !covered);
  const close = () => setDialog(null);
  const addIt = bind(add, place, hands);
  return (
    <div className={frame.screen}>
      <header className={`${frame.head} ${styles.head}`}>
        <h1>{t("frame.knowledge")}</h1>
        <label className={styles.find}>
          <Search size={16} strokeWidth={1.75} aria-hidden />
          <input
            ref={field}
            type="search"
            dir="auto"
            aria-label={t("knowledge.find")}
            placeholder={t("knowledge.find")}
            value={q ?? ""}
            onChange={(event) => put({ q: event.currentTarget.value || undefined, selected: undefined })}
          />
          <Keys shortcut="/" />
        </label>
        <ActionButton action={bind(write, place, hands)} />
        <ActionButton action={addIt} tone="go" />
      </header>
      <KnowledgeTabs category={category} />
      {all === undefined && query.isError ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : all === undefined ? (
        <LoadingRows height={56} />
      ) : items.length === 0 && q !== undefined ? (
        <PlaceState icon={Search} title={t("knowledge.none_found")} text={t("knowledge.none_found_text")} />
      ) : items.length === 0 ? (
        <PlaceState icon={BookOpen} title={t("knowledge.empty_title")} text={t("knowledge.empty_text")}>
          <ActionButton action={addIt} tone="accent" />
        </PlaceState>
      ) : (
        <div className={styles.columns}>
          <div className={styles.main}>
            <KnowledgeList items={items} chosen={shown} onChoose={select} />
            {q === undefined && listed.hasNextPage && (
              <Button
                tone="quiet"
                disabled={listed.isFetchingNextPage}
                onClick={() => void listed.fetchNextPage()}
              >
                {t("knowledge.more")}
              </Button>
            )}
            <KeyHints
              hints={[
                { shortcuts: ["j", "k"], word: t("action.move") },
                { shortcuts: ["c"], word: t("knowledge.correct") },
                { shortcuts: ["w"], word: t("knowledge.write") },
              ]}
            />
          </div>
          {shown !== undefined && (wide || selected !== undefined) && (
            <KnowledgeEntry
              key={shown}
              id={shown}
              onSelect={select}
              correct={bind(correct, place, hands)}
              onClose={wide ? undefined : () => select(undefined)}
            />
          )}
        </div>
      )}
      {dialog?.kind === "add" && <KnowledgeForm onClose={close} onKept={select} />}
      {dialog?.kind === "correct" && <KnowledgeForm entry={dialog.entry} onClose={close} onKept={select} />}
      {dialog?.kind === "write" && <KnowledgeWrite category={category} onClose={close} />}
    </div>
  );
}
