import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it } from "vitest";
import type { KnowledgeId, KnowledgeView } from "../../backend/views";
import { chooseLanguage } from "../../i18n/i18n";
import { AT } from "../../test/samples";
import { expectNoBarrier, show } from "../../test/show";

afterEach(() => chooseLanguage("en"));

const entry = (id: string, fields: Partial<KnowledgeView> = {}): KnowledgeView => ({
  id: id as KnowledgeId,
  category: "practice",
  title: "Ports",
  text: "Ports above 4000 are free.",
  sources: ["[#12]"],
  created_at: AT,
  superseded_by: null,
  withdrawn_at: null,
  ...fields,
});

it("shows an entry with its sources and history, and puts a correction in its place", async () => {
  const old = entry("kno_0", { title: "Port 80", superseded_by: "kno_1" as KnowledgeId });
  let items = [entry("kno_1"), entry("kno_2", { title: "Hosts", category: "pattern" })];
  const { transport } = show("/knowledge", {
    "knowledge.list": () => ({ items, next: null }),
    "knowledge.categories": {
      items: [
        { category: "pattern", count: 1 },
        { category: "practice", count: 1 },
      ],
    },
    "knowledge.show": ({ id }) => ({
      entry: items.find((item) => item.id === id) ?? entry(id),
      older: id === "kno_1" ? [old] : [],
    }),
    "knowledge.supersede": ({ title }) => {
      const kept = entry("kno_3", { title: title ?? "", redactions: { github_token: 1 } });
      items = [kept, ...items.slice(1)];
      return kept;
    },
  });
  const beside = await screen.findByRole("complementary");
  await within(beside).findByText("Port 80");
  expect(within(beside).getByText("[#12]")).toBeTruthy();
  expect(screen.getByRole("link", { name: /Pattern/ }).textContent).toContain("1");
  await expectNoBarrier();

  await userEvent.keyboard("c");
  const title = await screen.findByLabelText("What it is about");
  await userEvent.clear(title);
  await userEvent.type(title, "Ports, corrected");
  await userEvent.click(screen.getByRole("button", { name: /Keep it/ }));
  await waitFor(() => expect(transport.count("knowledge.supersede")).toBe(1));
  const sent = transport.calls.find((call) => call.name === "knowledge.supersede")?.params;
  expect(sent).toEqual({
    id: "kno_1",
    title: "Ports, corrected",
    text: "Ports above 4000 are free.",
    category: "practice",
    sources: ["[#12]"],
  });
  await waitFor(() => expect(screen.queryByLabelText("What it is about")).toBeNull());
  // Whoever pasted a key hears that it is not kept.
  await screen.findByText("1 secret replaced");
});

it("says why a file was not written, and keeps what was typed", async () => {
  show("/knowledge", {
    "knowledge.list": { items: [entry("kno_1")], next: null },
    "knowledge.categories": { items: [] },
    "knowledge.show": { entry: entry("kno_1"), older: [] },
  });
  await screen.findByRole("complementary");
  await userEvent.keyboard("w");
  await userEvent.type(await screen.findByLabelText("File"), "~/x/AGENTS.md");
  await userEvent.click(screen.getByRole("button", { name: "Write" }));
  expect((await screen.findByRole("alert")).textContent).toContain("knowledge.write");
  expect(screen.getByLabelText<HTMLInputElement>("File").value).toBe("~/x/AGENTS.md");
});

it("says what the place is for, and what was not found", async () => {
  const { router } = show("/knowledge", {
    "knowledge.list": { items: [], next: null },
    "knowledge.search": { items: [], next: null },
    "knowledge.categories": { items: [] },
  });
  await screen.findByRole("heading", { name: "Nothing was kept yet" });
  await expectNoBarrier();
  await userEvent.keyboard("/");
  await userEvent.keyboard("ports");
  await screen.findByRole("heading", { name: "No entry holds these words" });
  await waitFor(() => expect(router.state.location.search).toEqual({ q: "ports" }));
});

it("says the usual categories in the language of the page wherever one stands, and keeps what is stored", async () => {
  await chooseLanguage("de");
  const items = [
    entry("kno_1"),
    entry("kno_2", { title: "Wirte", category: "solution" }),
    entry("kno_3", { title: "Freitag", category: "Hausregel" }),
  ];
  const { transport, router } = show("/knowledge?category=practice", {
    "knowledge.list": { items, next: null },
    "knowledge.search": { items, next: null },
    "knowledge.categories": {
      items: ["practice", "solution", "Hausregel"].map((category) => ({ category, count: 1 })),
    },
    "knowledge.show": ({ id }) => ({ entry: items.find((item) => item.id === id) ?? entry(id), older: [] }),
    "knowledge.add": ({ title }) => entry("kno_9", { title: title ?? "" }),
  });
  const beside = await screen.findByRole("complementary");
  await within(beside).findByText("Vorgehen");
  const tabs = screen.getByRole("navigation", { name: "Kategorien" });
  await waitFor(() =>
    expect(
      within(tabs)
        .getAllByRole("link")
        .map((tab) => tab.textContent),
    ).toEqual(["Alle", "Vorgehen1", "Lösung1", "Hausregel1"]),
  );
  const rows = screen.getByRole("list", { name: "Wissen" });
  expect(within(rows).getByText("Vorgehen")).toBeTruthy();
  // The address holds what is stored.
  expect(router.state.location.search).toEqual({ category: "practice" });

  await userEvent.keyboard("w");
  const write = await screen.findByRole("dialog");
  expect(write.textContent).toContain("der Kategorie Vorgehen");
  await userEvent.click(within(write).getByRole("button", { name: "Schließen" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());

  await userEvent.keyboard("n");
  const form = await screen.findByRole("dialog");
  const category = within(form).getByRole<HTMLInputElement>("combobox", { name: "Kategorie" });
  expect(category.value).toBe("Vorgehen");
  await userEvent.type(within(form).getByLabelText("Worum es geht"), "Ports");
  await userEvent.type(within(form).getByLabelText("Was gelernt wurde"), "Frei ab 4000.");
  await userEvent.clear(category);
  await userEvent.type(category, "lösung");
  await userEvent.click(within(form).getByRole("button", { name: /Festhalten/ }));
  await waitFor(() =>
    expect(transport.calls.find(({ name }) => name === "knowledge.add")?.params).toMatchObject({
      category: "solution",
    }),
  );

  await userEvent.keyboard("{Control>}k{/Control}");
  await userEvent.type(await screen.findByRole("combobox"), "Wirte");
  const row = await screen.findByRole("option", { name: /^Wirte/ });
  expect(row.textContent).toContain("Lösung");
  await userEvent.click(row);
  await screen.findByRole("heading", { name: "Wirte" });
  expect(screen.getByRole("article").textContent).toContain("Lösung");
});
