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
import { ExecutionScreen } from "../features/executions/execution-screen";
import { ExecutionsScreen } from "../features/executions/executions-screen";
import { executionSearch, executionsSearch } from "../features/executions/search";
import { InboxScreen } from "../features/inbox/inbox-screen";
import { inboxSearch } from "../features/inbox/search";
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
  component: ExecutionScreen,
});

const inbox = createRoute({
  getParentRoute: () => root,
  path: "/inbox",
  validateSearch: inboxSearch,
  component: InboxScreen,
});

const accounts = createRoute({
  getParentRoute: () => root,
  path: "/accounts",
  validateSearch: accountsSearch,
  component: lazyRouteComponent(() => import("../features/accounts/accounts-screen"), "AccountsScreen"),
});

const settings = createRoute({
  getParentRoute: () => root,
  path: "/settings",
  component: lazyRouteComponent(() => import("../features/settings/settings-screen"), "SettingsScreen"),
});

const routeTree = root.addChildren([start, executions, execution, inbox, accounts, settings]);

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
