/** Rows of the command bar for messages and sessions that were found, and the way to all of them. */

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { MessageSquareText, MessagesSquare, Search } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useQueries } from "../../backend/use-backend";
import type { BarRow } from "../command-bar/rows";
import { begun } from "./query-text";
import { messageAddress } from "./search";

export function useBarHits(query: string): { rows: BarRow[]; searching: boolean } {
  const { t } = useTranslation();
  const router = useRouter();
  const found = useQuery({
    ...useQueries().searchAll(begun(query)),
    enabled: query !== "",
    placeholderData: keepPreviousData,
  });
  if (query === "" || found.data === undefined) return { rows: [], searching: found.isFetching };
  const rows: BarRow[] = found.data.sessions.map(({ session, title, project, folder }) => ({
    id: `session:${session}`,
    group: "messages",
    icon: MessagesSquare,
    title,
    detail: project ?? folder ?? undefined,
    run: () => router.history.push(messageAddress(session)),
  }));
  for (const hit of found.data.hits) {
    rows.push({
      id: hit.id,
      group: "messages",
      icon: MessageSquareText,
      title: hit.snippet,
      detail: hit.project ?? hit.folder ?? hit.title ?? undefined,
      run: () => router.history.push(`${messageAddress(hit.session)}?at=${hit.position}`),
    });
  }
  if (rows.length > 0) {
    rows.push({
      id: "search",
      group: "messages",
      icon: Search,
      title: t("search.all", { text: query }),
      run: () => router.history.push(`/context/search?q=${encodeURIComponent(query)}`),
    });
  }
  return { rows, searching: found.isFetching };
}
