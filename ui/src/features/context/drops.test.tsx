import { createEvent, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { Problem } from "../../backend/problem";
import type { ImportView, SessionView } from "../../backend/views";
import { AT } from "../../test/samples";
import { expectNoBarrier, show } from "../../test/show";

const report: ImportView = {
  sessions: [],
  files: 1,
  unchanged: 0,
  new_messages: 7,
  broken_lines: 0,
  skipped: [],
  more_skipped: 0,
  redactions: {},
  kept_secrets: 0,
  lost_secrets: 0,
  lost_because: null,
};

const session = {
  id: "ses_1",
  project_id: "prj_7",
  account_id: null,
  source: "codex",
  session_type: "imported",
  title: "Pay",
  objectives: [],
  started_at: AT,
  ended_at: null,
  credits_used: null,
  usage: { input: 0, output: 0, cache_read: 0, cache_write: 0, reasoning: 0 },
  model: null,
  messages: 0,
  limited: false,
  broken_lines: 0,
  redactions: {},
  cwd: null,
  git_branch: null,
  git_commit: null,
  forked_from: null,
  native_id: "n",
  path: "/x",
} as unknown as SessionView;

const holding = (...files: File[]) => ({ dataTransfer: { types: ["Files"], files } });
const chat = (name: string) => new File(["{}"], name);

/** Whether the web view would still do what it does with it. */
function isLeftToTheView(kind: "dragOver" | "drop", target: Element, data: object): boolean {
  return fireEvent(target, createEvent[kind](target, data));
}

it("imports what is dropped on a screen that knows nothing of imports, and says so there", async () => {
  const { transport } = show("/nowhere", {
    "imports.upload": ({ name, offset }) => {
      if (name === "photo.png") throw new Problem("bad_input", "field `path`: no transcript", null, 400);
      return { received: offset, imported: report };
    },
  });
  const place = await screen.findByRole("heading", { level: 2 });
  expect(isLeftToTheView("dragOver", place, holding())).toBe(false);
  await screen.findByText("Drop to import");
  expect(isLeftToTheView("drop", place, holding(chat("photo.png"), chat("talk.jsonl")))).toBe(false);
  expect(await screen.findByText(/7 new messages/)).toBeTruthy();
  expect(screen.getByText("photo.png")).toBeTruthy();
  expect(screen.getByText("no transcript")).toBeTruthy();
  expect(screen.queryByText("Drop to import")).toBeNull();
  await expectNoBarrier();
  const sent = transport.calls.filter((call) => call.name === "imports.upload");
  expect(sent.map(({ params }) => params)).toMatchObject([
    { name: "photo.png", project_id: null },
    { name: "talk.jsonl", project_id: null },
  ]);
});

it("takes the project of the page: of a composer, and of a session", async () => {
  const { transport, router } = show("/context/sessions/ses_1", {
    "sessions.show": session,
    "imports.upload": ({ offset }) => ({ received: offset, imported: report }),
  });
  fireEvent.drop(await screen.findByText("Pay"), holding(chat("one.jsonl")));
  await screen.findByText(/7 new messages/);
  await router.navigate({ to: "/context/$id/handoff", params: { id: "prj_9" } });
  await waitFor(() => expect(router.state.matches.at(-1)?.routeId).toBe("/context/$id/handoff"));
  fireEvent.drop(document.body, holding(chat("two.jsonl")));
  await waitFor(() => expect(transport.count("imports.upload")).toBe(2));
  const sent = transport.calls.filter((call) => call.name === "imports.upload");
  expect(sent.map(({ params }) => (params as { project_id: string }).project_id)).toEqual(["prj_7", "prj_9"]);
});

it("does nothing with a link or a text, and lets fields have their text", async () => {
  const { transport } = show("/nowhere");
  const place = await screen.findByRole("heading", { level: 2 });
  for (const type of ["text/uri-list", "text/plain"]) {
    const data = { dataTransfer: { types: [type], files: [] } };
    expect(isLeftToTheView("dragOver", place, data)).toBe(false);
    expect(isLeftToTheView("drop", place, data)).toBe(false);
  }
  const field = document.body.appendChild(document.createElement("input"));
  expect(isLeftToTheView("drop", field, { dataTransfer: { types: ["text/plain"], files: [] } })).toBe(true);
  expect(isLeftToTheView("drop", field, holding())).toBe(false);
  field.remove();
  expect(screen.queryByText("Drop to import")).toBeNull();
  expect(transport.count("imports.upload")).toBe(0);
});

it("says no more that it can be dropped when it has left the window", async () => {
  show("/nowhere");
  const place = await screen.findByRole("heading", { level: 2 });
  fireEvent.dragEnter(document.body, holding());
  fireEvent.dragEnter(place, holding());
  fireEvent.dragOver(place, holding());
  await screen.findByText("Drop to import");
  // From one element to another it is still there.
  fireEvent.dragLeave(document.body, holding());
  expect(screen.getByText("Drop to import")).toBeTruthy();
  fireEvent.dragLeave(place, holding());
  await waitFor(() => expect(screen.queryByText("Drop to import")).toBeNull());
});

it("names what was left out from what was dropped on, and not by where it lies", async () => {
  const why = "no transcript";
  const left = ["/home/mai/chats", "/home/mai/chats/old/photo.png", "/elsewhere/x.png"];
  const skipped = left.map((path) => ({ path, why }));
  const { transport } = show("/nowhere", { "imports.path": { ...report, skipped } });
  await waitFor(() => expect(transport.dropped).not.toBeNull());
  transport.dropped?.onPaths(["/home/mai/chats"]);
  const told = await screen.findAllByText(why);
  expect(told.map((one) => one.parentElement?.textContent)).toEqual([
    `chats: ${why}`,
    `chats/old/photo.png: ${why}`,
    `/elsewhere/x.png: ${why}`,
  ]);
});

it("imports by their paths what the system tells the window of", async () => {
  const { transport } = show("/context/prj_7/handoff", { "imports.path": report });
  await waitFor(() => expect(transport.dropped).not.toBeNull());
  transport.dropped?.onOver(true);
  await screen.findByText("Drop to import");
  transport.dropped?.onOver(false);
  transport.dropped?.onPaths(["/home/mai/talk.jsonl", "C:\\chats\\two.md"]);
  expect(await screen.findAllByText(/7 new messages/)).toHaveLength(2);
  expect(screen.getByText("two.md")).toBeTruthy();
  const sent = transport.calls.filter((call) => call.name === "imports.path");
  expect(sent.map(({ params }) => params)).toEqual([
    { path: "/home/mai/talk.jsonl", project_id: "prj_7" },
    { path: "C:\\chats\\two.md", project_id: "prj_7" },
  ]);
  // The page sees only an address; a no would keep the file manager from dropping it at all.
  const over = createEvent.dragOver(document.body, { dataTransfer: { types: ["text/uri-list"], files: [] } });
  fireEvent(document.body, over);
  expect((over as DragEvent).dataTransfer?.dropEffect).toBe("copy");
});

it("looks at a capsule that the window was told of, in the place that takes capsules", async () => {
  const { transport } = show("/settings/data", { "imports.path": report });
  await screen.findByRole("button", { name: /Choose a capsule/ });
  transport.dropped?.onPaths(["/home/mai/work.krake"]);
  await waitFor(() => expect(transport.count("capsules.preview")).toBe(1));
  expect(transport.calls.find(({ name }) => name === "capsules.preview")?.params).toEqual({
    path: "/home/mai/work.krake",
  });
  expect(transport.count("imports.path")).toBe(0);
});

it("leaves a capsule to the place that takes capsules", async () => {
  const { transport } = show("/settings/data", {
    "imports.upload": ({ offset }) => ({ received: offset, imported: null }),
  });
  const choose = await screen.findByRole("button", { name: /Choose a capsule/ });
  fireEvent.drop(choose, holding(chat("work.krake")));
  await waitFor(() => expect(transport.count("capsules.preview")).toBe(1));
  expect(transport.calls.find(({ name }) => name === "imports.upload")?.params).toMatchObject({
    last: false,
  });
});

it("says of one file that is no transcript why, once, and counts nothing", async () => {
  const skipped = [{ path: "photo.png", why: "its name is none of a transcript" }];
  const { transport } = show("/nowhere", {
    "imports.path": { ...report, sessions: [], new_messages: 0, skipped },
  });
  await waitFor(() => expect(transport.dropped).not.toBeNull());
  transport.dropped?.onPaths(["/home/mai/photo.png"]);
  const told = await screen.findByRole("region", { name: "Import" });
  await within(told).findByText("photo.png");
  expect(told.textContent).toBe("photo.png: its name is none of a transcript");
  await expectNoBarrier();
});
