import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeAll, expect, it } from "vitest";
import { Problem } from "../../backend/problem";
import type { AccountView, Answer } from "../../backend/views";
import { account, inHours, limit, list, usage } from "../../test/accounts";
import { expectNoBarrier, show } from "../../test/show";

beforeAll(async () => {
  await import("./accounts-screen");
});

const work = account("Work", {
  email: "leo@lunavo.shop",
  plan: "Max",
  tags: ["german", "code"],
  model: "claude-sonnet-4-5",
});

const opened = async (one: AccountView, more: Parameters<typeof show>[1] = {}) => {
  const shown = show(`/accounts?selected=${one.id}`, {
    "accounts.list": list([one]),
    "accounts.usage": usage(one),
    "accounts.choose": { first: null, ranked: [] },
    ...more,
  });
  const drawer = await screen.findByRole("complementary", { name: "The chosen account" });
  return { ...shown, drawer };
};

it("changes what is known, keeps the key where none is given, and asks nobody for it", async () => {
  const { transport, drawer } = await opened(work, { "accounts.change": work });
  await userEvent.keyboard("e");
  const dialog = await screen.findByRole("dialog", { name: "Change the account" });
  const field = (name: string) => within(dialog).getByLabelText<HTMLInputElement>(name);
  expect(field("Name").value).toBe("Work");
  expect(field("Tags").value).toBe("german, code");
  expect(field("Another key").value).toBe("");
  await expectNoBarrier();
  await userEvent.clear(field("Plan"));
  await userEvent.clear(field("Tags"));
  await userEvent.type(field("Tags"), "law,, Hebrew ");
  await userEvent.click(within(dialog).getByRole("button", { name: "Save" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  const sent = transport.calls.find(({ name }) => name === "accounts.change")?.params;
  expect(sent).toEqual({
    id: work.id,
    name: "Work",
    email: "leo@lunavo.shop",
    plan: "",
    specialization: "code",
    tags: ["law", "Hebrew"],
    base_url: "",
    model: "claude-sonnet-4-5",
    format: null,
    key: null,
  });
  expect(transport.count("accounts.test")).toBe(0);
  // Escape closes the dialog and leaves the drawer.
  await userEvent.click(within(drawer).getByRole("button", { name: /Edit/ }));
  await screen.findByRole("dialog");
  await userEvent.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(screen.getByRole("complementary", { name: "The chosen account" })).toBeTruthy();
});

it("sends another key once, tries it, and keeps it nowhere", async () => {
  const { transport, backend, router } = await opened(work, {
    "accounts.change": work,
    "accounts.test": {
      ...work,
      check: { at: inHours(0), outcome: "reached", said: "3 models", took_ms: 3 },
    },
  });
  await userEvent.keyboard("e");
  const dialog = await screen.findByRole("dialog", { name: "Change the account" });
  await userEvent.type(within(dialog).getByLabelText("Another key"), "sk-canary-0123456789");
  await userEvent.click(within(dialog).getByRole("button", { name: "Save" }));
  await within(dialog).findByText("It answered.");
  const sent = transport.calls.filter((call) => JSON.stringify(call).includes("canary"));
  expect(sent.map((call) => call.name)).toEqual(["accounts.change"]);
  expect(document.body.innerHTML).not.toContain("canary");
  expect(JSON.stringify(router.state.location)).not.toContain("canary");
  const kept = backend.queries.getQueryCache().getAll();
  expect(JSON.stringify(kept.map((query) => [query.queryKey, query.state.data]))).not.toContain("canary");
});

it("says a problem at the field that it is about, and goes there", async () => {
  await opened(work, {
    "accounts.change": () => {
      throw new Problem("conflict", "field `name`: another account has that name", null, 409);
    },
  });
  await userEvent.keyboard("e");
  const dialog = await screen.findByRole("dialog", { name: "Change the account" });
  await userEvent.click(within(dialog).getByRole("button", { name: "Save" }));
  const said = await within(dialog).findByRole("alert");
  expect(said.textContent).toContain("another account has that name");
  const name = within(dialog).getByLabelText("Name");
  expect(name.getAttribute("aria-invalid")).toBe("true");
  expect(name.getAttribute("aria-describedby")).toBe(said.id);
  await waitFor(() => expect(document.activeElement).toBe(name));
});

it.each([
  ["vault_locked", "The vault is locked"],
  ["vault_missing", "No keychain runs here"],
  ["vault_denied", "The keychain said no"],
])("says %s as it does for a new account", async (code, title) => {
  await opened(work, {
    "accounts.change": () => {
      throw new Problem(code, "the keychain does not answer", null, 423, "org.freedesktop.DBus.Error");
    },
  });
  await userEvent.keyboard("e");
  const dialog = await screen.findByRole("dialog", { name: "Change the account" });
  await userEvent.type(within(dialog).getByLabelText("Another key"), "sk-canary-0123456789");
  await userEvent.click(within(dialog).getByRole("button", { name: "Save" }));
  await within(dialog).findByText(title);
  // What the system said is there for whoever looks into it.
  const raw = within(dialog).getByText("org.freedesktop.DBus.Error");
  expect(raw.closest("details")?.open).toBe(false);
});

it("writes down a limit that a person read", async () => {
  const { transport } = await opened(work, { "accounts.note_limit": work });
  await userEvent.keyboard("l");
  const dialog = await screen.findByRole("dialog", { name: "Write a limit down" });
  await expectNoBarrier();
  await userEvent.type(within(dialog).getByLabelText("Left"), "half");
  await userEvent.click(within(dialog).getByRole("button", { name: "Write it down" }));
  expect((await within(dialog).findByRole("alert")).textContent).toContain("expected an amount");
  const left = within(dialog).getByLabelText("Left");
  await userEvent.clear(left);
  await userEvent.type(left, "54");
  const resets = within(dialog).getByLabelText("Filled again");
  await userEvent.type(resets, "2026-11-26T17:00");
  await userEvent.click(within(dialog).getByRole("button", { name: "Write it down" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(transport.calls.find(({ name }) => name === "accounts.note_limit")?.params).toEqual({
    id: work.id,
    span: "five_hours",
    unit: "percent",
    remaining: "54",
    limit: "100",
    resets_at: new Date("2026-11-26T17:00").toISOString(),
  });
});

it("says what nobody else knows the price of, and forgets it", async () => {
  const said = {
    model: "qwen3",
    input: "0",
    output: "0",
    source: "by_hand" as const,
    since: inHours(-1),
    as_of: null,
  };
  const box = account("Own box", { provider: "openai_compatible", model: "qwen3", price: null });
  const priced = { ...box, price: said, prices: [said] };
  const { transport } = await opened(box, {
    "accounts.set_price": priced,
    "accounts.forget_price": box,
  });
  expect(screen.getByText(/Nobody knows what its calls cost/)).toBeTruthy();
  await userEvent.click(screen.getByRole("button", { name: "Say what it costs" }));
  const dialog = await screen.findByRole("dialog", { name: "Say what it costs" });
  await expectNoBarrier();
  expect(within(dialog).getByLabelText<HTMLInputElement>(/^Model/).value).toBe("qwen3");
  await userEvent.type(within(dialog).getByLabelText("Read, USD"), "cheap");
  await userEvent.type(within(dialog).getByLabelText("Written, USD"), "0");
  await userEvent.click(within(dialog).getByRole("button", { name: "Save the price" }));
  expect((await within(dialog).findByRole("alert")).textContent).toContain("expected an amount");
  const read = within(dialog).getByLabelText("Read, USD");
  await userEvent.clear(read);
  await userEvent.type(read, "0");
  await userEvent.click(within(dialog).getByRole("button", { name: "Save the price" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(transport.calls.find(({ name }) => name === "accounts.set_price")?.params).toEqual({
    id: box.id,
    model: "qwen3",
    input: "0",
    output: "0",
  });
});

it("names the source of a price, and takes back what was said", async () => {
  const price = {
    model: "m",
    input: "3",
    output: "15",
    source: "table" as const,
    since: null,
    as_of: "2026-11-20",
  };
  const said = {
    ...price,
    model: null,
    input: "1",
    source: "by_hand" as const,
    since: inHours(-1),
    as_of: null,
  };
  const one = account("Work", { model: "m", price, prices: [said] });
  const { transport } = await opened(one, { "accounts.forget_price": one });
  expect(screen.getByText("3 in, 15 out: USD for a million tokens")).toBeTruthy();
  expect(screen.getByText(/price table of 2026-11-20/)).toBeTruthy();
  expect(screen.getByText(/set by hand/)).toBeTruthy();
  await userEvent.click(screen.getByRole("button", { name: "Forget" }));
  await waitFor(() =>
    expect(transport.calls.find(({ name }) => name === "accounts.forget_price")?.params).toEqual({
      id: one.id,
      model: null,
    }),
  );
});

it("shows who ran out with a time of this zone, and takes a person's word that it works", async () => {
  const at = inHours(-3);
  const silent = account("Max", {
    provider: "claude_app",
    is_called: false,
    has_key: false,
    health: "ran_out",
    ran_out: {
      at,
      resets_at: null,
      resets_zone: null,
      until: inHours(21),
      said: "You've hit your limit",
      session_id: "ses_1" as NonNullable<NonNullable<AccountView["ran_out"]>["session_id"]>,
    },
  });
  const ran = { kind: "ran_out" as const, out: silent.ran_out as NonNullable<AccountView["ran_out"]> };
  const choice: Answer<"accounts.choose"> = {
    first: null,
    ranked: [
      {
        id: silent.id,
        name: silent.name,
        usable: false,
        because: ["ran out at 2026-11-26 04:12 UTC, nobody said until when"],
        reasons: [ran],
      },
    ],
  };
  const { transport, drawer } = await opened(silent, {
    "accounts.choose": choice,
    "accounts.works_again": silent,
  });
  const said = /^ran out at .*, nobody said until when$/;
  await waitFor(() => expect(within(drawer).getAllByText(said)).toHaveLength(2));
  expect(drawer.textContent).not.toContain("UTC");
  expect(within(drawer).getByText("You've hit your limit")).toBeTruthy();
  expect(screen.getByRole("row", { name: /Max/ }).querySelector('[data-health="ran_out"]')).toBeTruthy();
  await expectNoBarrier();
  await userEvent.keyboard("w");
  await waitFor(() => expect(transport.count("accounts.works_again")).toBe(1));
});

it("says which zone was assumed, and offers nothing to say where nothing ran out", async () => {
  const assumed = account("Max", {
    health: "ran_out",
    limits: [limit()],
    ran_out: {
      at: inHours(-1),
      resets_at: inHours(3),
      resets_zone: "Europe/Berlin",
      until: inHours(3),
      said: "resets 5pm",
      session_id: null,
    },
  });
  const { drawer } = await opened(assumed);
  expect(await within(drawer).findByText(/if that is a time of Europe\/Berlin$/)).toBeTruthy();
  expect(within(drawer).getByRole("button", { name: /It works again/ })).toBeTruthy();
});
