import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { Problem } from "../../backend/problem";
import type { MeaningView, SearchView } from "../../backend/views";
import { AT, approval, hit } from "../../test/samples";
import { expectNoBarrier, show } from "../../test/show";

const found = (fields: Partial<SearchView> = {}): SearchView => ({
  hits: [hit(), hit({ id: "ses_2#3", position: 3, role: "tool", tool: "Bash", title: null, project: null })],
  sessions: [
    {
      session: "ses_1" as SearchView["sessions"][number]["session"],
      title: "Carts",
      project: "shop",
      folder: null,
      ended_at: AT,
    },
  ],
  knowledge: [],
  next: null,
  meaning: null,
  ...fields,
});

const meaning = (fields: Partial<MeaningView> = {}): MeaningView => ({
  state: "off",
  chosen: null,
  messages: 0,
  there: 0,
  passed_over: 0,
  why: null,
  until: null,
  ...fields,
});

const asked = (transport: ReturnType<typeof show>["transport"]) =>
  transport.calls
    .filter((call) => call.name === "search")
    .map((call) => (call.params as { query: string }).query);

it("finds while a query is typed, marks what fits and leads to the message in its place", async () => {
  const { transport, router } = show("/context/search", { search: found() });
  const field = await screen.findByRole("searchbox", { name: /Search in messages/ });
  expect(document.activeElement).toBe(field);
  await screen.findByText("Everything that was said");
  await userEvent.keyboard("cart total");
  const row = await screen.findByRole("link", { name: /User.*the cart total is rounded/ });
  expect([...row.querySelectorAll("mark")].map((mark) => mark.textContent)).toEqual(["cart", "total"]);
  await waitFor(() => expect(asked(transport).at(-1)).toBe("cart total"));
  await waitFor(() => expect(router.state.location.search).toEqual({ q: "cart total" }));
  expect(row.getAttribute("href")).toBe("/context/sessions/ses_1?at=12");
  await screen.findByRole("link", { name: /Carts/ });
  await expectNoBarrier();
});

it("names the tool of a call once, with what it was called with", async () => {
  const call = hit({
    role: "assistant",
    kind: "tool_call",
    tool: "Edit",
    snippet: "Edit: src/cart.rs · … let cart = 1",
    marks: [
      [10, 14],
      [26, 30],
    ],
  });
  show("/context/search?q=cart", { search: found({ hits: [call] }) });
  const row = await screen.findByRole("link", { name: /Edit: src/ });
  expect(row.textContent?.match(/Edit/g)).toHaveLength(1);
  expect([...row.querySelectorAll("mark")].map((mark) => mark.textContent)).toEqual(["cart", "cart"]);
});

it("walks from the field to what was found and back by the arrows", async () => {
  show("/context/search?q=cart", { search: found() });
  const links = await screen.findAllByRole("link", { name: /Carts|rounded/ });
  await userEvent.keyboard("{ArrowDown}");
  expect(document.activeElement).toBe(links[0]);
  await userEvent.keyboard("{ArrowDown}{ArrowUp}{ArrowUp}");
  expect(document.activeElement).toBe(screen.getByRole("searchbox"));
});

it("shows filters as chips that are set and taken away", async () => {
  const { transport } = show('/context/search?q=cart%20project%3A"my app"', { search: found() });
  const chips = within(await screen.findByRole("group", { name: "Filters" }));
  await userEvent.click(chips.getByRole("button", { name: "Tool" }));
  await waitFor(() => expect(asked(transport).at(-1)).toBe('cart project:"my app" role:tool'));
  expect(chips.getByRole("button", { name: "Tool" }).getAttribute("aria-pressed")).toBe("true");
  await userEvent.click(chips.getByRole("button", { name: "Without project: my app" }));
  await waitFor(() => expect(asked(transport).at(-1)).toBe("cart role:tool"));
  await userEvent.click(chips.getByRole("button", { name: "Tool" }));
  await waitFor(() => expect(asked(transport).at(-1)).toBe("cart"));
});

it("brings more, says when nothing is found and what is wrong with a query", async () => {
  const { transport } = show("/context/search?q=cart", {
    search: ({ query, cursor }: { query: string; cursor?: string | null }) => {
      if (query === "role:boss") throw new Problem("bad_input", "expected user or tool", null, 400);
      if (query === "volcano") return found({ hits: [], sessions: [] });
      if (cursor === "30")
        return found({ hits: [hit({ id: "ses_9#1", snippet: "the second page", marks: [], beside: true })] });
      return found({ next: "30" });
    },
  });
  await userEvent.click(await screen.findByRole("button", { name: "Show more" }));
  await screen.findByText("the second page");
  expect(screen.queryByRole("button", { name: "Show more" })).toBeNull();
  const field = screen.getByRole("searchbox");
  await userEvent.clear(field);
  await userEvent.type(field, "volcano");
  await screen.findByText("Nothing found");
  await userEvent.clear(field);
  await userEvent.type(field, "role:boss");
  await screen.findByText("expected user or tool");
  expect(transport.count("search")).toBeGreaterThan(3);
});

it("finds messages from the command bar, also by the beginning of a word", async () => {
  const { transport, router } = show("/inbox", {
    "approvals.list": { items: [approval()], next: null },
    "executions.list": { items: [], next: null },
    "playbooks.list": { items: [], next: null },
    "knowledge.search": { items: [], next: null },
    search: found(),
  });
  await screen.findByRole("heading", { level: 1 });
  await userEvent.keyboard("{Control>}k{/Control}");
  const bar = within(await screen.findByRole("dialog", { name: "Ask Krake or run a command" }));
  await userEvent.keyboard("the cart tot");
  await waitFor(() => expect(asked(transport).at(-1)).toBe("the cart tot*"));
  const rows = await bar.findAllByRole("option", { name: /rounded/ });
  expect(rows).toHaveLength(2);
  await userEvent.click(await bar.findByRole("option", { name: "All that was found for the cart tot" }));
  await waitFor(() => expect(router.state.location.pathname).toBe("/context/search"));
  expect(router.state.location.search).toEqual({ q: "the cart tot" });
});

const words = (transport: ReturnType<typeof show>["transport"]) =>
  transport.calls
    .filter((call) => call.name === "search")
    .map((call) => (call.params as { words_only: boolean }).words_only);

it("says in one line that meaning could find too, and asks no model", async () => {
  const { transport } = show("/context/search?q=cart", { search: found(), "meaning.show": meaning() });
  const line = await screen.findByRole("note");
  expect(line.textContent).toContain("Messages are found by their words alone.");
  expect(within(line).getByRole("link").getAttribute("href")).toBe("/settings");
  expect(words(transport)).not.toContain(false);
  await expectNoBarrier();
});

it("asks a model only for what stands a while, and says what only means the same", async () => {
  const { transport } = show("/context/search", {
    search: ({ words_only }: { words_only?: boolean | null }) =>
      words_only === true
        ? found()
        : found({
            hits: [hit({ marks: [], by_meaning: true, snippet: "the ferry leaves" })],
            meaning: { used: true, why: null },
          }),
    "meaning.show": meaning({ state: "making", messages: 300, there: 120 }),
  });
  await screen.findByRole("searchbox");
  await userEvent.keyboard("ship");
  await screen.findByRole("link", { name: /by meaning.*the ferry leaves/ });
  expect(words(transport).filter((only) => !only)).toHaveLength(1);
  expect(asked(transport).at(-1)).toBe("ship");
  const line = screen.getByRole("note");
  expect(line.textContent).toContain("By meaning so far 120 of 300 messages.");
});

it("says why words found alone", async () => {
  show("/context/search?q=cart", {
    search: found({ meaning: { used: false, why: "the model did not answer within 1500 ms" } }),
    "meaning.show": meaning({ state: "ready", messages: 3, there: 3 }),
  });
  await screen.findByText(/Found by words alone: the model did not answer within 1500 ms/);
});
