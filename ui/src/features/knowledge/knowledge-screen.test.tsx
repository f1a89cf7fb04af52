import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import type { KnowledgeId, KnowledgeView } from "../../backend/views";
import { AT } from "../../test/samples";
import { expectNoBarrier, show } from "../../test/show";

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
  expect(screen.getByRole("link", { name: /pattern/ }).textContent).toContain("1");
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
