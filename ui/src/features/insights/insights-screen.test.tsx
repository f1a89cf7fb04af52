import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeAll, expect, it } from "vitest";
import type {
  AccountId,
  Answer,
  PartView,
  RecommendationView,
  SavedView,
  SumView,
  UsageView,
} from "../../backend/views";
import { budget } from "../../test/accounts";
import { expectNoBarrier, show } from "../../test/show";

// The screen is a bundle of its own, which the first test would wait for.
beforeAll(async () => {
  await import("./insights-screen");
  await import("./day-chart");
});

const part = (fields: Partial<PartView> = {}): PartView => ({
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
  ...fields,
});

const sum = (key: string | null, fields: Partial<SumView> = {}): SumView => ({
  key,
  label: key,
  calls: part(),
  sessions: part(),
  both: part(),
  credits: null,
  ...fields,
});

const used = part({
  answers: 3,
  input: 111,
  cache_read: 1003,
  cache_write: 1002,
  output: 124,
  tokens: 2240,
  usd: "0.006252",
});
const unknown = part({ answers: 1, output: 3, tokens: 3, usd: null, unpriced: 1, usd_at_least: true });

const usage = (by: UsageView["by"], rows: SumView[], total: Partial<SumView>): UsageView => ({
  from: "2026-03-28",
  to: "2026-03-30",
  zone: "Europe/Berlin",
  by,
  rows,
  total: sum(null, total),
  prices: "a table, prices of 2026-09-23",
});

const nothingSaved: SavedView = {
  from: "2026-03-28",
  to: "2026-03-30",
  zone: "Europe/Berlin",
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

const none: Answer<"insights.recommendations"> = { items: [], hidden: 0 };

const answers = (recommendations = none, saved = nothingSaved) => ({
  "insights.usage": ({ by }: { by?: UsageView["by"] | null | undefined }) =>
    by === "day"
      ? usage("day", [sum("2026-03-28", { sessions: used, both: used }), sum("2026-03-29")], {
          calls: part(),
          sessions: { ...used, unpriced: 1, usd_at_least: true },
          both: { ...used, unpriced: 1, usd_at_least: true },
        })
      : usage(by ?? "day", [sum(null, { label: null, sessions: unknown, both: unknown })], {}),
  "insights.saved": saved,
  "insights.recommendations": recommendations,
});

it("says what the place is for when nothing was used, with one way on", async () => {
  show("/insights", {
    "insights.usage": usage("day", [sum("2026-03-28")], {}),
    "insights.saved": nothingSaved,
    "insights.recommendations": none,
  });
  await screen.findByRole("heading", { name: "Nothing was used in these days" });
  expect(screen.getByRole("link", { name: "Import sessions" }).getAttribute("href")).toBe("/context");
  await expectNoBarrier();
});

it("says at least where something is not known, and a table says what the charts say", async () => {
  const { router, transport } = show("/insights?days=7", answers());
  await screen.findByText("at least 0.0063 USD");
  expect(screen.getByText("1 answer of unknown price")).toBeTruthy();
  await waitFor(() => expect(document.querySelectorAll("[data-chart]")).toHaveLength(2));
  const asked = transport.calls.find(({ name }) => name === "insights.usage")?.params;
  const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  expect(asked).toMatchObject({ by: "day", zone });
  await expectNoBarrier();

  await userEvent.click(screen.getByRole("radio", { name: "Table" }));
  const table = await screen.findByRole("table", { name: "By day" });
  expect(document.querySelectorAll("[data-chart]")).toHaveLength(0);
  const row = within(table).getByRole("row", { name: /Mar 28/ });
  for (const cell of ["2,240", "111", "1,002", "1,003", "124", "0.0063"])
    expect(within(row).getByRole("cell", { name: cell })).toBeTruthy();
  // A day without work has no row of zeros.
  expect(within(table).queryByText(/Mar 29/)).toBeNull();
  expect(router.state.location.search).toMatchObject({ days: 7, as: "table" });
  await expectNoBarrier();
});

it("has one time range for everything and groups by what is chosen", async () => {
  const { router, transport } = show("/insights", answers());
  const table = await screen.findByRole("table", { name: "By account" });
  expect(within(table).getByRole("row", { name: /Account not known/ }).textContent).toContain("not known");
  await userEvent.click(screen.getByRole("radio", { name: "Model" }));
  await screen.findByRole("table", { name: "By model" });
  await userEvent.click(screen.getByRole("radio", { name: "7 days" }));
  await waitFor(() => expect(router.state.location.search).toEqual({ days: 7, by: "model" }));
  const ranges = await waitFor(() => {
    const calls = transport.calls.filter(
      ({ name }) => name.startsWith("insights.") && !name.endsWith("ions"),
    );
    const last = calls.slice(-3).map(({ params }) => (params as { from: string }).from);
    expect(new Set(last).size).toBe(1);
    return last;
  });
  expect(ranges).toHaveLength(3);
});

it("shows how each saved number is counted", async () => {
  const saved = {
    ...nothingSaved,
    handoffs: 3,
    unmeasured: 1,
    longer: 2,
    history_tokens: 304_060,
    briefing_tokens: 4_100,
    tokens: 300_000,
    usd: "0.9",
    unpriced: 1,
    credits: null,
    uncredited: 2,
    minutes: 42,
  };
  show("/insights", answers(none, saved));
  const panel = await screen.findByRole("region", { name: "What briefings saved" });
  expect(panel.textContent).toContain("304,060 tokens of the whole histories less 4,100 of the briefings");
  expect(panel.textContent).toContain("at least 0.90 USD");
  expect(panel.textContent).toContain("divided by 50");
  expect(panel.textContent).toContain("1 handoff was not measured");
  expect(panel.textContent).toContain("2 handoffs saved nothing");
  const credits = within(panel).getByText("Credits not used again").parentElement;
  expect(credits?.textContent).toContain("–");
});

const advice = (
  fields: Pick<RecommendationView, "advice"> & Partial<RecommendationView>,
): RecommendationView => ({
  key: fields.advice.kind,
  names: {},
  says: "",
  because: "",
  dismissed: false,
  snoozed_until: null,
  ...fields,
});

it("recommends with evidence, acts by one click and leaves alone", async () => {
  const account = "acc_1" as unknown as AccountId;
  const session = "ses_1" as Extract<
    RecommendationView["advice"],
    { kind: "make_playbook" }
  >["sessions"][number];
  const items = [
    advice({
      advice: {
        kind: "change_plan",
        account,
        hits: 5,
        days: 14,
        last_at: "2026-03-28T10:00:00.000Z",
      },
      names: { acc_1: "Claude Pro" },
    }),
    advice({
      advice: { kind: "set_budget", last_week: "7", week_before: "2", cap: "1.5" },
    }),
    advice({
      advice: {
        kind: "make_playbook",
        repeated: "commands",
        lines: ["cargo fmt", "cargo test && git push"],
        sessions: [session],
        days: 2,
      },
    }),
  ];
  const { transport } = show("/insights", {
    ...answers({ items, hidden: 2 }),
    "insights.dismiss": none,
    "insights.snooze": none,
    "budgets.add": budget(),
  });
  const list = await screen.findByRole("region", { name: "What could be done better" });
  expect(list.textContent).toContain("Think about a larger plan for \u2068Claude Pro\u2069");
  expect(list.textContent).toContain("It ran into its limit 5 times in 14 days");
  expect(list.textContent).toContain("2 dismissed or asleep");
  expect(within(list).getByRole("link", { name: "Open the account" }).getAttribute("href")).toContain(
    "acc_1",
  );
  expect(within(list).getByRole("link", { name: "Session 1" }).getAttribute("href")).toBe(
    "/context/sessions/ses_1",
  );
  await userEvent.click(within(list).getByRole("button", { name: "Set this budget" }));
  expect(transport.calls.find(({ name }) => name === "budgets.add")?.params).toEqual({
    over: { kind: "everything" },
    period: "day",
    unit: "usd",
    cap: "1.5",
  });
  const [first] = within(list).getAllByRole("button", { name: "Never again" });
  await userEvent.click(first as HTMLElement);
  expect(transport.calls.find(({ name }) => name === "insights.dismiss")?.params).toEqual({
    key: "change_plan",
  });
  await expectNoBarrier();
});
