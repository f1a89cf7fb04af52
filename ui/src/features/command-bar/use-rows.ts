/** What the bar finds: places, questions, playbooks, executions, knowledge and messages, or after `>` what can be done. */
import { useMantineColorScheme } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import {
  BookOpen,
  CircleQuestionMark,
  FolderKanban,
  Hand,
  Languages,
  ListChecks,
  Sparkles,
} from "lucide-react";
import { useTranslation } from "react-i18next";
import { type BoundAction, bind } from "../../actions/action";
import { offered } from "../../actions/offers";
import { useHands, useRun } from "../../actions/use-actions";
import { places, schemes, speeches } from "../../app/places";
import { useQueries } from "../../backend/use-backend";
import type { KnowledgeView, PlaybookSummary } from "../../backend/views";
import { categoryWord } from "../../components/category";
import { iconOf, toneOf } from "../../components/status";
import { find, isSentence } from "../../lib/find";
import { summaryLine } from "../executions/summary-line";
import { waits } from "../inbox/groups";
import { headline, lookOf } from "../inbox/inbox-words";
import { useBarHits } from "../search/bar-hits";
import type { BarRow } from "./rows";

/** Where rows lead that stay inside the bar. */
export interface BarPaths {
  ask(sentence: string): void;
  playbook(playbook: PlaybookSummary): void;
  knowledge(entry: KnowledgeView): void;
}

const MOST = 6;

export function useRows(text: string, paths: BarPaths): { rows: BarRow[]; searching: boolean } {
  const commands = text.startsWith(">");
  const query = text.replace(/^>/, "").trim();
  const doing = useCommandRows(query);
  const found = useFoundRows(commands ? "" : query, paths);
  const { t } = useTranslation();
  if (commands) return { rows: doing, searching: false };
  if (query === "") return found;
  const ask: BarRow = {
    id: "ask",
    group: "ask",
    icon: Sparkles,
    tone: "accent",
    title: t("bar.ask_for", { text: query }),
    shortcut: "mod+enter",
    stays: true,
    run: () => paths.ask(query),
  };
  // A request stands first; a word or two is a search, and asking the last way out.
  const rows = isSentence(query) ? [ask, ...found.rows] : [...found.rows, ask];
  return { rows, searching: found.searching };
}

function useCommandRows(query: string): BarRow[] {
  const { t } = useTranslation();
  const hands = useHands();
  const run = useRun();
  const { setColorScheme } = useMantineColorScheme();
  const rowOf = (group: BarRow["group"], action: BoundAction, title: string, detail?: string): BarRow => ({
    id: action.id,
    group,
    icon: action.icon,
    title,
    detail,
    shortcut: action.shortcut,
    run: () => run(action),
  });
  const anywhere = [
    ...places.map((place) => {
      const action = bind(place, null, hands);
      return rowOf("anywhere", action, t("bar.go_to", { place: t(action.label) }));
    }),
    ...schemes.map((scheme) => {
      const action = bind(scheme, setColorScheme, hands);
      return rowOf("anywhere", action, t(action.label), t("settings.theme"));
    }),
    ...speeches.map(({ name, action }) => ({
      ...rowOf("anywhere", bind(action, null, hands), name, t("settings.language")),
      icon: Languages,
    })),
  ];
  const known = new Set(["bar.open", ...places.map((place) => place.id)]);
  const here = offered()
    .filter((action) => !known.has(action.id))
    .map((action) => rowOf("here", action, t(action.label)));
  return find(query, [...here, ...anywhere], (row) => [row.title, row.detail ?? ""]);
}

function useFoundRows(query: string, paths: BarPaths): { rows: BarRow[]; searching: boolean } {
  const { t } = useTranslation();
  const hands = useHands();
  const queries = useQueries();
  const [settled] = useDebouncedValue(query, 120);
  const approvals = useQuery(queries.approvals());
  const threads = useQuery(queries.threads());
  const projects = useQuery({ ...queries.projects(), enabled: query !== "" });
  const others =
    threads.data?.items.filter((each) => each.approval === null && waits(each, Date.now())) ?? [];
  const playbooks = useQuery(queries.playbooks());
  const executions = useQuery({ ...queries.searchExecutions(settled), placeholderData: keepPreviousData });
  const knowledge = useQuery({
    ...queries.searchKnowledge(settled),
    enabled: settled !== "",
    placeholderData: keepPreviousData,
  });
  const messages = useBarHits(settled);
  const rows: BarRow[] = [];
  for (const place of find(query, places, ({ label }) => [t(label)])) {
    const action = bind(place, null, hands);
    rows.push({
      id: action.id,
      group: "places",
      icon: action.icon,
      title: t(action.label),
      shortcut: action.shortcut,
      run: () => void action.run(),
    });
  }
  const waiting = find(query, approvals.data?.items ?? [], (each) => [
    each.summary,
    each.execution_name,
    each.step,
  ]);
  for (const approval of waiting.slice(0, MOST)) {
    rows.push({
      id: approval.id,
      group: "waiting",
      icon: approval.kind === "call" ? Hand : CircleQuestionMark,
      tone: "wait",
      title: approval.summary,
      detail: t("inbox.line", { execution: approval.execution_name, step: approval.step }),
      run: () => hands.go({ place: "approval", id: approval.id }),
    });
  }
  for (const thread of find(query, others, (each) => [headline(each, t)]).slice(0, MOST)) {
    rows.push({
      id: thread.id,
      group: "waiting",
      icon: lookOf(thread).icon,
      tone: "wait",
      title: headline(thread, t),
      detail: t(`inbox.${thread.kind}`),
      run: () => hands.go({ place: "inbox", selected: thread.id }),
    });
  }
  const mine = query === "" ? [] : find(query, projects.data?.items ?? [], (each) => [each.name]);
  for (const project of mine.slice(0, MOST)) {
    rows.push({
      id: project.id,
      group: "projects",
      icon: FolderKanban,
      title: project.name,
      detail: project.folder ?? undefined,
      run: () => hands.go({ place: "project", id: project.id }),
    });
  }
  const runnable = (playbooks.data?.items ?? []).filter((each) => each.faults.length === 0);
  const plays = find(query, runnable, (each) => [each.name, each.description, ...each.examples]);
  for (const playbook of plays.slice(0, MOST)) {
    rows.push({
      id: `playbook:${playbook.name}`,
      group: "playbooks",
      icon: ListChecks,
      title: playbook.name,
      detail: playbook.description,
      stays: true,
      run: () => paths.playbook(playbook),
    });
  }
  for (const execution of executions.data?.items ?? []) {
    rows.push({
      id: execution.id,
      group: "executions",
      icon: iconOf(execution.status),
      tone: toneOf(execution.status),
      title: execution.name,
      detail: summaryLine(execution, t),
      run: () => hands.go({ place: "execution", id: execution.id }),
    });
  }
  if (query !== "") {
    for (const entry of knowledge.data?.items ?? []) {
      rows.push({
        id: entry.id,
        group: "knowledge",
        icon: BookOpen,
        title: entry.title,
        detail: categoryWord(entry.category, t),
        stays: true,
        run: () => paths.knowledge(entry),
      });
    }
    rows.push(...messages.rows);
  }
  return { rows, searching: executions.isFetching || knowledge.isFetching || messages.searching };
}
