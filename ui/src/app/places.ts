/** What can be done from anywhere: open the bar, go to a place, change how it looks and speaks. */
import {
  ArrowRightLeft,
  BookOpen,
  ChartLine,
  Database,
  Inbox,
  Languages,
  LayoutDashboard,
  MessagesSquare,
  Monitor,
  Moon,
  Search,
  Settings,
  Snowflake,
  Sun,
  TextSearch,
  Users,
  Workflow,
} from "lucide-react";
import type { Action } from "../actions/action";
import { chooseLanguage, type Language, languages } from "../i18n/i18n";

export const openBar: Action<null> = {
  id: "bar.open",
  label: "bar.ask",
  icon: Search,
  shortcut: "mod+k",
  enabled: () => true,
  run: (_, { openBar: open }) => open(),
};

export const goExecutions: Action<null> = {
  id: "go.executions",
  label: "frame.executions",
  icon: Workflow,
  shortcut: "g e",
  enabled: () => true,
  run: (_, { go }) => go({ place: "executions" }),
};

export const goInbox: Action<null> = {
  id: "go.inbox",
  label: "frame.inbox",
  icon: Inbox,
  shortcut: "g i",
  enabled: () => true,
  run: (_, { go }) => go({ place: "inbox" }),
};

export const goHandoffs: Action<null> = {
  id: "go.handoffs",
  label: "handoff.queue",
  icon: ArrowRightLeft,
  shortcut: "g h",
  enabled: () => true,
  run: (_, { go }) => go({ place: "handoffs" }),
};

export const goSnapshots: Action<null> = {
  id: "go.snapshots",
  label: "context.snapshots",
  icon: Snowflake,
  shortcut: "g t",
  enabled: () => true,
  run: (_, { go }) => go({ place: "snapshots" }),
};

export const goKnowledge: Action<null> = {
  id: "go.knowledge",
  label: "frame.knowledge",
  icon: BookOpen,
  shortcut: "g k",
  enabled: () => true,
  run: (_, { go }) => go({ place: "knowledge" }),
};

export const goSearch: Action<null> = {
  id: "go.search",
  label: "search.title",
  icon: TextSearch,
  shortcut: "g f",
  enabled: () => true,
  run: (_, { go }) => go({ place: "search" }),
};

export const goAccounts: Action<null> = {
  id: "go.accounts",
  label: "frame.accounts",
  icon: Users,
  shortcut: "g a",
  enabled: () => true,
  run: (_, { go }) => go({ place: "accounts" }),
};

export const goSettings: Action<null> = {
  id: "go.settings",
  label: "frame.settings",
  icon: Settings,
  shortcut: "g s",
  enabled: () => true,
  run: (_, { go }) => go({ place: "settings" }),
};

export const goData: Action<null> = {
  id: "go.data",
  label: "data.title",
  icon: Database,
  shortcut: "g d",
  enabled: () => true,
  run: (_, { go }) => go({ place: "data" }),
};

export const goContext: Action<null> = {
  id: "go.context",
  label: "context.title",
  icon: MessagesSquare,
  shortcut: "g c",
  enabled: () => true,
  run: (_, { go }) => go({ place: "context" }),
};

export const goOverview: Action<null> = {
  id: "go.overview",
  label: "frame.overview",
  icon: LayoutDashboard,
  shortcut: "g o",
  enabled: () => true,
  run: (_, { go }) => go({ place: "overview" }),
};

export const goInsights: Action<null> = {
  id: "go.insights",
  label: "frame.insights",
  icon: ChartLine,
  shortcut: "g n",
  enabled: () => true,
  run: (_, { go }) => go({ place: "insights" }),
};

export const places = [
  goOverview,
  goExecutions,
  goInbox,
  goContext,
  goHandoffs,
  goSnapshots,
  goSearch,
  goAccounts,
  goKnowledge,
  goInsights,
  goSettings,
  goData,
] as const;

type Scheme = "auto" | "light" | "dark";

/** The subject sets the scheme of the page. */
export const schemes: readonly Action<(scheme: Scheme) => void>[] = (
  [
    ["auto", Monitor],
    ["light", Sun],
    ["dark", Moon],
  ] as const
).map(([scheme, icon]) => ({
  id: `settings.${scheme}`,
  label: `settings.${scheme}`,
  icon,
  enabled: () => true,
  run: (set) => set(scheme),
}));

export const speeches: readonly { language: Language; name: string; action: Action<null> }[] = (
  Object.keys(languages) as Language[]
).map((language) => ({
  language,
  name: languages[language],
  action: {
    id: `settings.language.${language}`,
    label: "settings.language",
    icon: Languages,
    enabled: (_: null) => true,
    run: () => chooseLanguage(language),
  },
}));
