import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { Problem } from "../../backend/problem";
import type { AccountView, MeaningPreview, MeaningView } from "../../backend/views";
import { account } from "../../test/accounts";
import { AT } from "../../test/samples";
import { expectNoBarrier, show } from "../../test/show";

const off: MeaningView = {
  state: "off",
  chosen: null,
  messages: 0,
  there: 0,
  passed_over: 0,
  why: null,
  until: null,
};

const on = (fields: Partial<MeaningView> = {}): MeaningView => ({
  ...off,
  state: "making",
  chosen: {
    account_id: "acc_9" as NonNullable<MeaningView["chosen"]>["account_id"],
    account: "My Ollama",
    model: "nomic-embed-text",
    place: "http://127.0.0.1:11434",
    stays_here: true,
    dimension: 768,
    chosen_at: AT,
  },
  messages: 1_000,
  there: 250,
  ...fields,
});

const preview: MeaningPreview = {
  account_id: "acc_9" as MeaningPreview["account_id"],
  account: "My Ollama",
  model: "nomic-embed-text",
  place: "http://127.0.0.1:11434",
  stays_here: true,
  messages: 1_000,
  letters: 2_000,
  tokens: 123_456,
  usd: null,
};

const list = (...items: AccountView[]) => ({ items, next: null });

const rules = { "policies.list": { items: [], next: null } };

it("shows what would be sent before it is switched on", async () => {
  let state = off;
  const { transport } = show("/settings", {
    ...rules,
    "meaning.show": () => state,
    "accounts.list": list(
      account("Claude", { provider: "anthropic" }),
      account("My Ollama", { provider: "ollama" }),
    ),
    "meaning.preview": ({ model }: { model?: string | null }) => {
      if (model === "absent")
        throw new Problem("not_found", "Ollama has no model", "ollama pull absent", 404);
      return preview;
    },
    "meaning.set": () => {
      state = on();
      return state;
    },
  });
  await userEvent.click(await screen.findByRole("button", { name: "Choose a model…" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Search by meaning" }));
  const options = await dialog.findAllByRole("option");
  expect(options.map((option) => option.textContent)).toEqual(["My Ollama"]);
  await userEvent.type(dialog.getByLabelText("Model"), "absent");
  await userEvent.click(dialog.getByRole("button", { name: "See what would be sent" }));
  await dialog.findByText(/ollama pull absent/);
  await userEvent.clear(dialog.getByLabelText("Model"));
  await userEvent.click(dialog.getByRole("button", { name: "See what would be sent" }));
  await dialog.findByText("123,456");
  dialog.getByText("It stays on this machine");
  dialog.getByText("not known");
  await expectNoBarrier();
  expect(transport.count("meaning.set")).toBe(0);
  await userEvent.click(dialog.getByRole("button", { name: "Switch it on" }));
  await screen.findByText("250 of 1,000 messages");
  expect(transport.calls.find((call) => call.name === "meaning.set")?.params).toEqual({
    account: "acc_9",
    model: "nomic-embed-text",
  });
});

it("says what is in the way, and what can be done about it", async () => {
  let state = on({
    state: "stuck",
    why: "the budget of 700 tokens for all accounts is spent",
    passed_over: 3,
  });
  const { transport } = show("/settings", {
    ...rules,
    "meaning.show": () => state,
    "meaning.resume": () => {
      state = on();
      return state;
    },
    "meaning.pause": () => {
      state = on({ state: "paused" });
      return state;
    },
    "meaning.off": () => {
      state = off;
      return state;
    },
  });
  await screen.findByText("the budget of 700 tokens for all accounts is spent");
  screen.getByText("Without words, or not taken: 3");
  await expectNoBarrier();
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  await userEvent.click(await screen.findByRole("button", { name: "Pause" }));
  await screen.findByRole("button", { name: "Go on" });
  await userEvent.click(screen.getByRole("button", { name: "Switch it off" }));
  const asks = within(await screen.findByRole("dialog", { name: "Switch search by meaning off?" }));
  expect(transport.count("meaning.off")).toBe(0);
  await userEvent.click(asks.getByRole("button", { name: "Switch it off" }));
  await waitFor(() => expect(screen.queryByText("My Ollama")).toBeNull());
  await screen.findByRole("button", { name: "Choose a model…" });
});

it("says where an account is added when none can be asked", async () => {
  show("/settings", {
    ...rules,
    "meaning.show": off,
    "accounts.list": list(account("Claude", { provider: "anthropic" })),
  });
  await userEvent.click(await screen.findByRole("button", { name: "Choose a model…" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Search by meaning" }));
  const way = await dialog.findByRole("link", { name: "Accounts" });
  expect(way.getAttribute("href")).toBe("/accounts");
});
