import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeAll, expect, it } from "vitest";
import { Problem } from "../../backend/problem";
import type { Answer, BudgetView, RefusedView } from "../../backend/views";
import { budget, inHours } from "../../test/accounts";
import { expectNoBarrier, show } from "../../test/show";

beforeAll(async () => {
  await import("./accounts-screen");
});

const refused: RefusedView = {
  id: "cal_1" as RefusedView["id"],
  at: inHours(-0.2),
  budget_id: "bud_1" as RefusedView["budget_id"],
  account_id: "acc_1" as RefusedView["account_id"],
  account: "Claude API",
  project_id: "prj_1",
  project: "shop",
  execution_id: "exe_1",
  purpose: "planner",
  model: "claude-sonnet-4-5",
  reason: "spent",
  unit: "usd",
  cap: "5",
  spent: "4.8",
  wanted: "0.25",
};

const world = (items: BudgetView[], calls: RefusedView[] = []) => ({
  "accounts.list": { items: [], next: null } as Answer<"accounts.list">,
  "budgets.list": { items, today: "1.12" },
  "budgets.refused": { items: calls, next: null },
  "budgets.add": budget(),
  "budgets.change": budget(),
  "budgets.remove": budget(),
  "projects.list": { items: [], next: null } as unknown as Answer<"projects.list">,
});

it("says in a sentence what a budget is, and sets the first one", async () => {
  const { transport } = show("/accounts?view=budgets", world([]));
  await screen.findByRole("heading", { name: "No budget yet" });
  await expectNoBarrier();
  await userEvent.keyboard("n");
  const dialog = await screen.findByRole("dialog", { name: "Set a budget" });
  await userEvent.type(within(dialog).getByLabelText("At most"), "a lot");
  await userEvent.click(within(dialog).getByRole("button", { name: "Set a budget" }));
  const wrong = await within(dialog).findByRole("alert");
  expect(wrong.textContent).toContain("expected an amount such as 12.50");
  const cap = within(dialog).getByLabelText("At most");
  expect(cap.getAttribute("aria-invalid")).toBe("true");
  expect(document.activeElement).toBe(cap);
  expect(transport.count("budgets.add")).toBe(0);
  await userEvent.clear(cap);
  await userEvent.type(cap, "12,50");
  await userEvent.click(within(dialog).getByRole("button", { name: "Set a budget" }));
  await waitFor(() => expect(transport.count("budgets.add")).toBe(1));
  expect(transport.calls.find(({ name }) => name === "budgets.add")?.params).toEqual({
    over: { kind: "everything" },
    period: "day",
    unit: "usd",
    cap: "12.50",
  });
});

it("shows what is spent, reserved and left, when it starts anew, and what it refused", async () => {
  const { transport } = show(
    "/accounts?view=budgets",
    world(
      [
        budget({ refused }),
        budget({
          id: "bud_2" as BudgetView["id"],
          over: { kind: "account", account_id: "acc_1" as never },
          name: "Claude API",
          period: "month",
          unit: "tokens",
          cap: "200000",
          spent: "200000",
          reserved: "0",
          at_most: "1000",
          left: "0",
          unpriced: 2,
        }),
        budget({
          id: "bud_3" as BudgetView["id"],
          over: { kind: "run" },
          period: "always",
          spent: null,
          reserved: null,
          at_most: null,
          left: null,
          starts_anew: null,
        }),
      ],
      [refused, { ...refused, id: "cal_2" as RefusedView["id"], reason: "price_unknown", wanted: null }],
    ),
  );
  const [every, month, run] = await screen.findAllByRole("listitem");
  expect(every?.textContent).toContain("1.123456 of 5.00 USD spent or reserved");
  expect(every?.textContent).toContain("3.876544 USD left");
  expect(every?.textContent).toContain("0.50 USD of it is reserved");
  expect(every?.textContent).toContain("Starts anew in 5h");
  expect(every?.textContent).toContain("A plan by \u2068Claude API\u2069 was not made");
  expect(every?.textContent).toContain("It could have cost 0.25 USD; 4.80 of 5.00 USD were spent");
  const way = within(every as HTMLElement).getByRole("link", { name: "Its execution" });
  expect(way.getAttribute("href")).toContain("/executions/exe_1");
  expect(
    within(every as HTMLElement)
      .getByRole("meter")
      .getAttribute("aria-valuenow"),
  ).toBe("22");
  expect(month?.textContent).toContain("nothing left");
  expect(month?.textContent).toContain("1,000 tokens of it is the most");
  expect(month?.textContent).toContain("2 calls of unknown price were made before");
  expect(run?.textContent).toContain("up to 5.00 USD");
  expect(run?.textContent).toContain("Never starts anew");
  expect(within(run as HTMLElement).queryByRole("meter")).toBeNull();
  const calls = await screen.findByRole("region", { name: "More calls that were not made" });
  expect(calls.textContent).toContain("The price of \u2068claude-sonnet-4-5\u2069 is not known");
  await expectNoBarrier();

  await userEvent.click(screen.getByRole("button", { name: "Change the budget: All accounts" }));
  const dialog = await screen.findByRole("dialog", { name: "Change the budget" });
  const cap = within(dialog).getByLabelText("At most");
  await userEvent.clear(cap);
  await userEvent.type(cap, "8");
  await userEvent.click(within(dialog).getByRole("button", { name: "Save" }));
  await waitFor(() => expect(transport.count("budgets.change")).toBe(1));
  expect(transport.calls.find(({ name }) => name === "budgets.change")?.params).toMatchObject({
    id: "bud_1",
    cap: "8",
  });

  await userEvent.click(await screen.findByRole("button", { name: "Remove the budget: Claude API" }));
  expect(transport.count("budgets.remove")).toBe(0);
  const question = await screen.findByRole("dialog", { name: "Remove this budget?" });
  await userEvent.click(within(question).getByRole("button", { name: "Remove" }));
  await waitFor(() => expect(transport.count("budgets.remove")).toBe(1));
});

it("shows why a budget was not taken", async () => {
  show("/accounts?view=budgets", {
    ...world([budget()]),
    "budgets.change": () => {
      throw new Problem("not_found", "there is no budget `bud_1`");
    },
  });
  await userEvent.click(await screen.findByRole("button", { name: "Change the budget: All accounts" }));
  const dialog = await screen.findByRole("dialog");
  await userEvent.click(within(dialog).getByRole("button", { name: "Save" }));
  expect((await within(dialog).findByRole("alert")).textContent).toContain("there is no budget");
});
