/** The addresses. What is selected, filtered or open stands in them, so a link shows the same. */
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  type RouterHistory,
  redirect,
} from "@tanstack/react-router";
import { accountsSearch } from "../features/accounts/search";
import { contextSearch, sessionSearch } from "../features/context/search";
import { dataSearch } from "../features/data/search";
import { ExecutionsScreen } from "../features/executions/executions-screen";
import { executionSearch, executionsSearch } from "../features/executions/search";
import { handoffSearch, handoffsSearch } from "../features/handoff/search";
import { inboxSearch } from "../features/inbox/search";
import { insightsSearch } from "../features/insights/search";
import { knowledgeSearch } from "../features/knowledge/search";
import { searchAddress } from "../features/search/search";
import { snapshotsSearch } from "../features/snapshots/search";
import { Broken } from "./broken";
import { Frame } from "./frame";
import { NotFound } from "./not-found";

const root = createRootRoute({
  component: Frame,
  notFoundComponent: NotFound,
  // The approval that lies over whatever screen is below.
  validateSearch: (search: Record<string, unknown>): { approval?: string | undefined } => ({
    approval: typeof search.approval === "string" ? search.approval : undefined,
  }),
});

const start = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/executions", replace: true });
  },
});

const executions = createRoute({
  getParentRoute: () => root,
  path: "/executions",
  validateSearch: executionsSearch,
  component: ExecutionsScreen,
});

const execution = createRoute({
  getParentRoute: () => root,
  path: "/executions/$id",
  validateSearch: executionSearch,
  component: lazyRouteComponent(() => import("../features/executions/execution-screen"), "ExecutionScreen"),
});

const inbox = createRoute({
  getParentRoute: () => root,
  path: "/inbox",
  validateSearch: inboxSearch,
  component: lazyRouteComponent(() => import("../features/inbox/inbox-screen"), "InboxScreen"),
});

const handoffs = createRoute({
  getParentRoute: () => root,
  path: "/context/handoffs",
  validateSearch: handoffsSearch,
  component: lazyRouteComponent(() => import("../features/handoff/handoffs-screen"), "HandoffsScreen"),
});

const snapshots = createRoute({
  getParentRoute: () => root,
  path: "/context/snapshots",
  validateSearch: snapshotsSearch,
  component: lazyRouteComponent(() => import("../features/snapshots/snapshots-screen"), "SnapshotsScreen"),
});

const handoff = createRoute({
  getParentRoute: () => root,
  path: "/context/$id/handoff",
  validateSearch: handoffSearch,
  component: lazyRouteComponent(() => import("../features/handoff/handoff-screen"), "HandoffScreen"),
});

const knowledge = createRoute({
  getParentRoute: () => root,
  path: "/knowledge",
  validateSearch: knowledgeSearch,
  component: lazyRouteComponent(() => import("../features/knowledge/knowledge-screen"), "KnowledgeScreen"),
});

const accounts = createRoute({
  getParentRoute: () => root,
  path: "/accounts",
  validateSearch: accountsSearch,
  component: lazyRouteComponent(() => import("../features/accounts/accounts-screen"), "AccountsScreen"),
});

const overview = createRoute({
  getParentRoute: () => root,
  path: "/overview",
  component: lazyRouteComponent(() => import("../features/overview/overview-screen"), "OverviewScreen"),
});

const insights = createRoute({
  getParentRoute: () => root,
  path: "/insights",
  validateSearch: insightsSearch,
  component: lazyRouteComponent(() => import("../features/insights/insights-screen"), "InsightsScreen"),
});

const settings = createRoute({
  getParentRoute: () => root,
  path: "/settings",
  component: lazyRouteComponent(() => import("../features/settings/settings-screen"), "SettingsScreen"),
});

const data = createRoute({
  getParentRoute: () => root,
  path: "/settings/data",
  validateSearch: dataSearch,
  component: lazyRouteComponent(() => import("../features/data/data-screen"), "DataScreen"),
});

const search = createRoute({
  getParentRoute: () => root,
  path: "/context/search",
  validateSearch: searchAddress,
  component: lazyRouteComponent(() => import("../features/search/search-screen"), "SearchScreen"),
});

const context = createRoute({
  getParentRoute: () => root,
  path: "/context",
  validateSearch: contextSearch,
  component: lazyRouteComponent(() => import("../features/context/context-screen"), "ContextScreen"),
});

const project = createRoute({
  getParentRoute: () => root,
  path: "/context/$id",
  component: lazyRouteComponent(() => import("../features/context/project-screen"), "ProjectScreen"),
});

const session = createRoute({
  getParentRoute: () => root,
  path: "/context/sessions/$id",
  validateSearch: sessionSearch,
  component: lazyRouteComponent(() => import("../features/context/session-screen"), "SessionScreen"),
});

const routeTree = root.addChildren([
  start,
  overview,
  executions,
  execution,
  inbox,
  context,
  project,
  session,
  handoffs,
  snapshots,
  handoff,
  search,
  accounts,
  knowledge,
  insights,
  settings,
  data,
]);

export function createAppRouter(history?: RouterHistory) {
  return createRouter({
    routeTree,
    defaultPreload: false,
    scrollRestoration: false,
    defaultErrorComponent: Broken,
    ...(history ? { history } : {}),
  });
}

export type AppRouter = ReturnType<typeof createAppRouter>;

declare module "@tanstack/react-router" {
  interface Register {
    router: AppRouter;
  }
}
