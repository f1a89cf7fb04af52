import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeAll, expect, it } from "vitest";
import { Problem } from "../../backend/problem";
import type { AccountView } from "../../backend/views";
import { account, budget, inHours, limit, list, nothing, usage } from "../../test/accounts";
import { expectNoBarrier, show } from "../../test/show";

// The screen is a bundle of its own, which the first test would wait for.
beforeAll(async () => {
  await import("./accounts-screen");
});

it("says what the place is for when there is no account", async () => {
  show("/accounts", { "accounts.list": list([]) });
  await screen.findByRole("heading", { name: "No accounts yet" });
  await expectNoBarrier();
});

it("shows windows, forecasts and sums, and the drawer of the chosen account", async () => {
  const early = account("Claude Pro", {
    health: "runs_out_early",
    limits: [limit({ per_hour: 40, runs_out_at: inHours(1), before_reset: true })],
    today: { ...nothing, calls: 2, usd: "1.12", unpriced: 1 },
  });
  const dry = account("Max", { health: "used_up", limits: [limit({ used: 1, remaining: "0" })] });
  const { transport } = show("/accounts", {
    "accounts.list": list([early, dry, account("Local", { provider: "ollama", has_key: false })]),
    "accounts.usage": usage(early),
    "accounts.remove": {
      id: early.id,
      key_left: true,
      because: "the vault is locked",
      next: "open it",
    },
    "accounts.choose": {
      first: early.id,
      ranked: [
        {
          id: early.id,
          name: early.name,
          usable: true,
          because: ["no limit was seen"],
          reasons: [{ kind: "no_limit_seen" }],
        },
      ],
    },
    "budgets.list": {
      items: [budget({ spent: "1.12", reserved: "0", left: "3.88" })],
      today: "1.12",
    },
  });
  const row = await screen.findByRole("row", { name: /Claude Pro/ });
  expect(row.textContent).toContain("out at");
  expect(row.textContent).toContain("1.12 + ?");
  expect(row.querySelector("[data-health]")?.getAttribute("data-health")).toBe("runs_out_early");
  expect(screen.getByRole("row", { name: /Max/ }).textContent).toContain("used up");
  expect(screen.getByText("2 of 3")).toBeTruthy();
  await userEvent.click(within(row).getByRole("button", { name: "Claude Pro" }));
  const drawer = await screen.findByRole("complementary", { name: "The chosen account" });
  expect(drawer.textContent).toContain("At 40% an hour it is used up at");
  expect(drawer.textContent).toContain("from an answer");
  await within(drawer).findByText(/prices of 2026-09-23/);
  await within(drawer).findByText("It would be chosen as number 1.");
  expect(screen.getByText("1.12 of 5.00 USD")).toBeTruthy();
  await expectNoBarrier();
  await userEvent.keyboard("t");
  await waitFor(() => expect(transport.count("accounts.test")).toBe(1));
  await userEvent.click(within(drawer).getByRole("button", { name: /Remove/ }));
  expect(transport.count("accounts.remove")).toBe(0);
  const question = await screen.findByRole("dialog");
  await userEvent.click(within(question).getByRole("button", { name: "Remove" }));
  await waitFor(() => expect(transport.count("accounts.remove")).toBe(1));
  // What the vault did not give up yet is said where the account is gone.
  expect(await screen.findByText(/its key is still in the vault: the vault is locked; open it/)).toBeTruthy();
});

it("draws only the rows on the screen of five hundred, and finds one by its words", async () => {
  const many = Array.from({ length: 500 }, (_, at) => account(`Account ${at}`, { tags: [`t${at}`] }));
  show("/accounts", { "accounts.list": list(many), "accounts.usage": usage(many[0] as AccountView) });
  await screen.findByRole("row", { name: /Account 0/ });
  expect(screen.getByRole("table").getAttribute("aria-rowcount")).toBe("501");
  expect(screen.getAllByRole("row").length).toBeLessThan(60);
  await userEvent.type(screen.getByRole("searchbox", { name: "Find an account" }), "t499");
  await screen.findByRole("row", { name: /Account 499/ });
  await waitFor(() => expect(screen.getAllByRole("row").length).toBe(2));
  await userEvent.type(screen.getByRole("searchbox", { name: "Find an account" }), "zzz");
  await screen.findByRole("heading", { name: "No account holds these words" });
});

it("sends the key once, shows what the provider said, and keeps the key nowhere", async () => {
  const added = account("Work");
  const { transport, backend, router } = show("/accounts", {
    "accounts.list": list([]),
    "accounts.add": added,
    "accounts.usage": usage(added),
    "accounts.test": {
      ...added,
      check: { at: inHours(0), outcome: "no_access", said: "bad ***", took_ms: 3 },
    },
  });
  await userEvent.click((await screen.findAllByRole("button", { name: /Add account/ }))[0] as HTMLElement);
  const dialog = await screen.findByRole("dialog", { name: "Add an account" });
  await userEvent.type(within(dialog).getByLabelText("Name"), "Work");
  const key = within(dialog).getByLabelText("Key");
  expect(key.getAttribute("type")).toBe("password");
  await userEvent.type(key, "sk-canary-0123456789");
  await expectNoBarrier();
  await userEvent.click(within(dialog).getByRole("button", { name: "Add account" }));
  await within(dialog).findByText("The provider refused the key.");
  expect(dialog.textContent).toContain("bad ***");
  const sent = transport.calls.filter((call) => JSON.stringify(call).includes("canary"));
  expect(sent.map((call) => call.name)).toEqual(["accounts.add"]);
  expect(document.body.innerHTML).not.toContain("canary");
  expect(JSON.stringify(router.state.location)).not.toContain("canary");
  const kept = backend.queries.getQueryCache().getAll();
  expect(JSON.stringify(kept.map((query) => [query.queryKey, query.state.data]))).not.toContain("canary");
  expect(JSON.stringify({ ...localStorage, ...sessionStorage })).not.toContain("canary");
});

it.each([
  ["vault_locked", 423, "The vault is locked", "vault.unlock"],
  ["vault_missing", 424, "No keychain runs here", "vault.create"],
] as const)("says %s with its own way out", async (code, status, title, command) => {
  let opened = false;
  const added = account("Work", { is_called: false, provider: "claude_app" });
  const { transport } = show("/accounts", {
    "accounts.list": list([]),
    "accounts.add": () => {
      if (!opened) throw new Problem(code, "the keychain does not answer", null, status);
      return added;
    },
    [command]: () => {
      opened = true;
      return {
        place: "file" as const,
        keychain: { state: "missing" as const, because: null },
        file: { state: "ready" as const, because: null },
        found: [],
      };
    },
    "accounts.usage": usage(added),
  });
  await userEvent.click((await screen.findAllByRole("button", { name: /Add account/ }))[0] as HTMLElement);
  const dialog = await screen.findByRole("dialog", { name: "Add an account" });
  await userEvent.type(within(dialog).getByLabelText("Name"), "Work");
  await userEvent.type(within(dialog).getByLabelText("Key"), "sk-canary-0123456789");
  await userEvent.click(within(dialog).getByRole("button", { name: "Add account" }));
  await within(dialog).findByText(title);
  await expectNoBarrier();
  await userEvent.type(within(dialog).getByLabelText(/passphrase/i), "correct horse{Enter}");
  await waitFor(() => expect(screen.queryByRole("dialog", { name: "Add an account" })).toBeNull());
  // Where the vault is looked at is told by the form; what is done to it is this.
  const done = transport.calls.map((call) => call.name).filter((name) => /add|vault/.test(name));
  expect(done.filter((name) => name !== "vault.show")).toEqual(["accounts.add", command, "accounts.add"]);
});

it("says when the keychain refused, and that accounts could not be fetched", async () => {
  show("/accounts", {
    "accounts.list": list([]),
    "accounts.add": () => {
      throw new Problem("vault_denied", "the window was closed", null, 403);
    },
  });
  await userEvent.click((await screen.findAllByRole("button", { name: /Add account/ }))[0] as HTMLElement);
  const dialog = await screen.findByRole("dialog", { name: "Add an account" });
  await userEvent.type(within(dialog).getByLabelText("Name"), "Work");
  await userEvent.type(within(dialog).getByLabelText("Key"), "sk-canary-0123456789");
  await userEvent.click(within(dialog).getByRole("button", { name: "Add account" }));
  await within(dialog).findByText("The keychain said no");
  expect(within(dialog).getByRole("button", { name: "Try again" })).toBeTruthy();
});

it("offers to try again where the list cannot be had", async () => {
  show("/accounts", {
    "accounts.list": () => {
      throw new Problem("internal", "the disk is gone", null, 500);
    },
  });
  expect((await screen.findByRole("alert")).textContent).toContain("the disk is gone");
});

it("puts the rules for who goes on into another order, and keeps them", async () => {
  const { transport } = show("/accounts", {
    "accounts.list": list([account("Claude Max"), account("ChatGPT Pro", { id: "acc_9" as never })]),
    "accounts.rules": {
      rules: [
        { kind: "first", accounts: "Claude Max", when: "code" },
        { kind: "never", accounts: "gemini", when: null },
      ],
    },
    "accounts.set_rules": { rules: [] },
  });
  await userEvent.click(await screen.findByRole("button", { name: "Rules" }));
  const dialog = await screen.findByRole("dialog", { name: "Rules" });
  await within(dialog).findByDisplayValue("code");
  await expectNoBarrier();
  await userEvent.click(within(dialog).getAllByRole("button", { name: "Move down" })[0] as HTMLElement);
  await userEvent.click(within(dialog).getByRole("button", { name: "Add a rule" }));
  const names = within(dialog).getAllByRole("combobox", { name: "Account, tag or provider" });
  await userEvent.clear(names[2] as HTMLElement);
  await userEvent.type(names[2] as HTMLElement, "ChatGPT Pro");
  await userEvent.click(within(dialog).getByRole("button", { name: "Save" }));
  await waitFor(() =>
    expect(transport.calls.find(({ name }) => name === "accounts.set_rules")?.params).toEqual({
      rules: [
        { kind: "never", accounts: "gemini", when: null },
        { kind: "first", accounts: "Claude Max", when: "code" },
        { kind: "first", accounts: "ChatGPT Pro", when: null },
      ],
    }),
  );
});
