import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeAll, expect, it } from "vitest";
import type { Answer, DraftView, StatsView } from "../../backend/views";
import { account, inHours, limit, list } from "../../test/accounts";
import { draft, handoff, ranOut } from "../../test/samples";
import { expectNoBarrier, show } from "../../test/show";

beforeAll(async () => {
  await import("./overview-screen");
});

const stats: StatsView = {
  running: 0,
  waiting: 0,
  executions: {},
  sessions: 0,
  projects: 0,
  all_projects: 0,
  accounts: 0,
  accounts_usable: 0,
  credits: [],
  today: { calls: 0, usd: "0", at_least: false, cap: null },
  knowledge: 0,
  trouble: null,
};

const part = {
  answers: 0,
  input: 0,
  cache_read: 0,
  cache_write: 0,
  output: 0,
  tokens: 0,
  untold: 0,
  tokens_at_least: false,
  usd: "0",
  unpriced: 0,
  usd_at_least: false,
};
const total = { key: null, label: null, calls: part, sessions: part, both: part, credits: null };

const usage: Answer<"insights.usage"> = {
  from: "2026-03-28",
  to: "2026-03-28",
  zone: "UTC",
  by: "day",
  rows: [],
  total,
  prices: "a table",
};
const saved: Answer<"insights.saved"> = {
  from: "2026-03-28",
  to: "2026-03-28",
  zone: "UTC",
  handoffs: 0,
  unmeasured: 0,
  longer: 0,
  history_tokens: 0,
  briefing_tokens: 0,
  tokens: 0,
  usd: "0",
  unpriced: 0,
  credits: 0,
  uncredited: 0,
  minutes: 0,
  typed_tokens_per_minute: 50,
};

const empty = {
  stats,
  "insights.usage": usage,
  "insights.saved": saved,
  "insights.recommendations": { items: [], hidden: 0 },
  "executions.list": { items: [], next: null },
  "projects.list": { items: [], next: null },
  "accounts.list": { items: [], next: null },
};

it("has a dash and a way on for what nobody knows, and never a zero", async () => {
  show("/overview", empty);
  const accounts = await screen.findByText("Accounts that can work now");
  const figure = accounts.parentElement as HTMLElement;
  expect(figure.textContent).toBe("Accounts that can work now–connect an account");
  expect(within(figure).getByRole("link").getAttribute("href")).toBe("/accounts");
  for (const name of ["Active projects", "Left on balances", "Tokens today", "Tokens saved in 30 days"]) {
    const figure = (await screen.findByText(name)).parentElement;
    expect(figure?.textContent, name).toContain("–");
    expect(figure?.textContent, name).not.toMatch(/\b0\b(?! days)/);
  }
  expect(screen.getByText("No account yet. Connect one to see its windows.")).toBeTruthy();
  await expectNoBarrier();
});

it("shows numbers with their source and age, and the status line what today cost", async () => {
  show("/overview", {
    ...empty,
    stats: {
      ...stats,
      projects: 2,
      all_projects: 3,
      accounts: 2,
      accounts_usable: 1,
      sessions: 9,
      credits: [
        {
          unit: "USD",
          remaining: "110.98",
          accounts: 2,
          seen_at: new Date(Date.now() - 600_000).toISOString(),
        },
      ],
      today: { calls: 4, usd: "1.84", at_least: true, cap: "5" },
    },
    "insights.usage": {
      ...usage,
      total: { ...total, both: { ...part, answers: 12, tokens: 41_000, tokens_at_least: true } },
    },
    "insights.saved": { ...saved, handoffs: 2, tokens: 300_000 },
  });
  const figure = async (name: string) => (await screen.findByText(name)).parentElement?.textContent;
  expect(await figure("Active projects")).toContain("2 of 3");
  expect(await figure("Accounts that can work now")).toContain("1 of 2");
  expect(await figure("Left on balances")).toBe("Left on balances110.98 USDfrom 2 accounts, 10 min. ago");
  expect(await figure("Tokens today")).toContain("at least 41K");
  expect(await figure("Tokens saved in 30 days")).toContain("300Kby 2 briefings");
  expect(await figure("Spent today, UTC")).toContain("at least 1.84 of 5.00 USD");
  const line = document.querySelector("[data-stat=today]");
  expect(line?.textContent).toBe("today at least 1.84 of 5.00 USD");
  await expectNoBarrier();
});

it("asks nothing of the overview on the first screen", async () => {
  const { transport, router } = show("/", empty);
  await screen.findByRole("heading", { name: "No executions yet" });
  expect(router.state.location.pathname).toBe("/executions");
  expect(transport.calls.some(({ name }) => name.startsWith("insights."))).toBe(false);
});

it("is renewed by the change that the stream names", async () => {
  const { transport, backend } = show("/overview", {
    ...empty,
    stats: { ...stats, accounts: 2, accounts_usable: 2 },
  });
  await screen.findByText("2 of 2");
  void backend.live.run();
  await waitFor(() => expect(transport.follows).toHaveLength(1));
  const [follow] = transport.follows;
  follow?.open();
  await waitFor(() => expect(transport.count("stats")).toBeGreaterThan(1));
  transport.answers.stats = { ...stats, accounts: 2, accounts_usable: 1 };
  follow?.event({ id: null, name: "change", data: { tags: ["knowledge_of_nobody"] } });
  follow?.event({ id: null, name: "change", data: { tags: ["accounts"] } });
  await screen.findByText("1 of 2");
  backend.live.stop();
});

it("shows an account that ran out among what waits, and not what others are waited for", async () => {
  const sent = { ...handoff(), project: "cart", to: "Work" };
  const waits = ranOut(draft(), { kind: "handoff", waits: false, draft: null, handoff: sent });
  show("/overview", {
    ...empty,
    "threads.list": { items: [waits, ranOut(draft({ id: "dft_2" as DraftView["id"] }))], next: null },
  });
  const card = (await screen.findByRole("heading", { name: "Waiting on me" })).closest("section");
  const rows = await within(card as HTMLElement).findAllByRole("listitem");
  expect(rows).toHaveLength(1);
  expect(rows[0]?.textContent).toContain("ran out");
  // It leads to the very thread, also where there is no room for it beside the list.
  const link = within(rows[0] as HTMLElement).getByRole("link");
  expect(link.getAttribute("href")).toBe("/inbox?selected=dft_2&look=true");
  await expectNoBarrier();
});

it("names who ran out without a window that says so, before the windows of others", async () => {
  const silent = account("Claude Max", {
    health: "ran_out",
    ran_out: {
      at: inHours(-3),
      resets_at: null,
      resets_zone: null,
      until: inHours(21),
      said: "You've hit your limit",
      session_id: null,
    },
  });
  show("/overview", { ...empty, "accounts.list": list([account("Pro", { limits: [limit()] }), silent]) });
  const said = await screen.findByText(/^ran out at .*, nobody said until when$/);
  const rows = within(said.closest("ul") as HTMLElement).getAllByRole("link");
  expect(rows.map((row) => row.textContent?.slice(0, 3))).toEqual(["Cla", "Pro"]);
  await expectNoBarrier();
});

it("offers in each empty card the one thing that can be done, by the very dialogs that exist", async () => {
  const { router } = show("/overview", empty);
  const card = async (name: string) => {
    const heading = await screen.findByRole("heading", { name });
    return within(heading.closest("section") as HTMLElement);
  };
  await userEvent.click(await (await card("Projects")).findByRole("button", { name: "New project" }));
  const project = await screen.findByRole("dialog", { name: "New project" });
  await userEvent.click(within(project).getByRole("button", { name: "Close" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());

  await userEvent.click((await card("Account windows")).getByRole("button", { name: "Add account" }));
  const account = await screen.findByRole("dialog");
  expect(within(account).getByLabelText("Provider")).toBeTruthy();
  await userEvent.click(within(account).getByRole("button", { name: "Cancel" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());

  const waits = await card("Waiting on me");
  expect(waits.getByRole("link", { name: "Hand over a project" }).getAttribute("href")).toBe("/context");
  await userEvent.click((await card("Executions")).getByRole("button", { name: "Ask Krake" }));
  await screen.findByRole("combobox");
  expect(router.state.location.pathname).toBe("/overview");
});

it("leads to the account whose limits nobody has seen, to write one down", async () => {
  show("/overview", { ...empty, "accounts.list": list([account("Pro")]) });
  const link = await screen.findByRole("link", { name: "Write a limit down" });
  expect(link.getAttribute("href")).toBe("/accounts?selected=acc_Pro");
});
