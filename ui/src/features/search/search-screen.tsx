/** Search over messages, titles of sessions and knowledge. The query stands in the address. */
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { BookOpen, MessagesSquare, Search, SearchX } from "lucide-react";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "../../backend/problem";
import { useQueries } from "../../backend/use-backend";
import type { SearchView } from "../../backend/views";
import { Button } from "../../components/button";
import { ContextHead } from "../../components/context-head";
import { Exact } from "../../components/exact";
import "../../i18n/late";
import { ErrorState, LoadingRows, PlaceState } from "../../components/place-state";
import frame from "../../components/screen.module.css";
import { MeaningLine, useMeaning } from "./meaning-line";
import { messageAddress } from "./search";
import { SearchChips } from "./search-chips";
import { SearchHit } from "./search-hit";
import styles from "./search-screen.module.css";

const route = getRouteApi("/context/search");

export function SearchScreen() {
  const { t } = useTranslation();
  const { q = "" } = route.useSearch();
  const navigate = route.useNavigate();
  const [text, setText] = useState(q);
  const [settled] = useDebouncedValue(text.trim(), 160);
  // While somebody types, words find: a model is asked only for what stands a while.
  const [rested] = useDebouncedValue(text.trim(), 700);
  const meaning = useMeaning();
  const isAsked = meaning !== undefined && meaning.state !== "off" && rested === settled;
  const field = useRef<HTMLInputElement>(null);
  const screen = useRef<HTMLDivElement>(null);
  useEffect(() => field.current?.focus(), []);
  // Another link to this place brings another query.
  useEffect(() => setText((now) => (now.trim() === q ? now : q)), [q]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what was typed changes the address.
  useEffect(() => {
    if (settled !== q) void navigate({ search: { q: settled || undefined }, replace: true });
  }, [settled]);
  const change = (next: string) => {
    setText(next);
    field.current?.focus();
  };
  // The arrows walk from the field through what was found and back.
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined || event.nativeEvent.isComposing) return;
    const stops = [field.current, ...(screen.current?.querySelectorAll<HTMLElement>("[data-hit]") ?? [])];
    const at = stops.indexOf(document.activeElement as HTMLInputElement);
    if (at < 0) return;
    event.preventDefault();
    stops[Math.min(stops.length - 1, Math.max(0, at + step))]?.focus();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the arrows are heard from the field and from every hit.
    <div ref={screen} className={frame.screen} onKeyDown={onKeyDown}>
      <ContextHead here="search" />
      <div className={styles.head} role="search" aria-label={t("search.title")}>
        <label className={styles.field}>
          <Search size={16} strokeWidth={1.75} aria-hidden />
          <span className="unseen">{t("search.field")}</span>
          <input
            ref={field}
            type="search"
            autoComplete="off"
            spellCheck={false}
            dir="auto"
            maxLength={2_000}
            placeholder={t("search.placeholder")}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        </label>
        <SearchChips query={text} onChange={change} />
      </div>
      {settled === "" ? (
        <PlaceState icon={Search} title={t("search.start_title")} text={t("search.start_text")}>
          <code dir="ltr">{'"half up" role:user tool:Bash project:shop after:2026-01 -draft'}</code>
        </PlaceState>
      ) : (
        <Results query={settled} wordsOnly={!isAsked} />
      )}
    </div>
  );
}

function Results({ query, wordsOnly }: { query: string; wordsOnly: boolean }) {
  const { t } = useTranslation();
  const search = useInfiniteQuery({
    ...useQueries().search(query, wordsOnly),
    placeholderData: keepPreviousData,
  });
  const { data, isError, error, refetch, isPlaceholderData } = search;
  if (isError) {
    const problem = asProblem(error);
    if (problem.code !== "bad_input") return <ErrorState error={error} onRetry={() => void refetch()} />;
    return <PlaceState icon={SearchX} title={t("search.wrong")} text={problem.message} />;
  }
  if (data === undefined) return <LoadingRows height={68} />;
  const hits = data.pages.flatMap((page) => page.hits);
  const [first] = data.pages;
  const beside = (first?.sessions.length ?? 0) + (first?.knowledge.length ?? 0);
  return (
    <div className={styles.body} aria-busy={isPlaceholderData}>
      <p className="unseen" role="status">
        {t("bar.results", { count: hits.length + beside })}
      </p>
      <MeaningLine at="top" searched={first?.meaning} />
      {hits.length + beside === 0 && (
        <PlaceState icon={SearchX} title={t("search.none_title")} text={t("search.none_text")} />
      )}
      {first !== undefined && <Beside found={first} />}
      {hits.length > 0 && (
        <section aria-labelledby="messages">
          <h2 id="messages">{t("search.messages")}</h2>
          <ol className={styles.hits}>
            {hits.map((hit) => (
              <SearchHit key={hit.id} hit={hit} />
            ))}
          </ol>
          {search.hasNextPage && (
            <Button disabled={search.isFetchingNextPage} onClick={() => void search.fetchNextPage()}>
              {t("search.more")}
            </Button>
          )}
        </section>
      )}
      <MeaningLine at="end" searched={first?.meaning} />
    </div>
  );
}

/** Titles and entries that hold the words, above the messages. */
function Beside({ found }: { found: SearchView }) {
  const { t } = useTranslation();
  return (
    <>
      {found.sessions.length > 0 && (
        <section aria-labelledby="sessions">
          <h2 id="sessions">{t("search.sessions")}</h2>
          <ul className={styles.hits}>
            {found.sessions.map(({ session, title, project, folder }) => (
              <li key={session}>
                <Link to={messageAddress(session)} className={styles.title} data-hit={session}>
                  <MessagesSquare size={16} strokeWidth={1.75} aria-hidden />
                  <bdi className="cut" dir="auto">
                    <Exact text={title} />
                  </bdi>
                  <bdi className={styles.whose} dir="auto">
                    <Exact text={project ?? folder ?? ""} />
                  </bdi>
                </Link>
              </li>
            ))}
          </ul>
        </section>
      )}
      {found.knowledge.length > 0 && (
        <section aria-labelledby="knowledge">
          <h2 id="knowledge">{t("search.knowledge")}</h2>
          <ul className={styles.hits}>
            {found.knowledge.map((entry) => (
              <li key={entry.id} className={styles.entry}>
                <BookOpen size={16} strokeWidth={1.75} aria-hidden />
                <details>
                  <summary data-hit={entry.id}>
                    <bdi dir="auto">
                      <Exact text={entry.title} />
                    </bdi>
                  </summary>
                  <p dir="auto">
                    <Exact text={entry.text} />
                  </p>
                </details>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
