import { fireEvent, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { Problem } from "../../backend/problem";
import type { ImportView, MessageView, ProjectDetail, ProjectView, SessionView } from "../../backend/views";
import { AT, handoff } from "../../test/samples";
import { expectNoBarrier, show } from "../../test/show";

const project = (fields: Partial<ProjectView> = {}): ProjectView => ({
  id: "prj_1" as ProjectView["id"],
  name: "lunavo-storefront",
  description: "",
  status: "active",
  folder: "/work/lunavo",
  objectives: [
    { text: "Move the checkout", done: true },
    { text: "Keep the VAT id", done: false },
  ],
  progress: { done: 1, total: 2 },
  pinned: [],
  created_at: AT,
  updated_at: AT,
  sessions: 1,
  accounts: [],
  last_session_at: AT,
  ...fields,
});

const session = (fields: Partial<SessionView> = {}): SessionView => ({
  id: "ses_1" as SessionView["id"],
  project_id: "prj_1" as ProjectView["id"],
  account_id: null,
  source: "claude_code",
  session_type: "imported",
  title: "Fix the cart",
  objectives: [],
  started_at: AT,
  ended_at: "2026-11-20T11:00:00.000Z",
  credits_used: null,
  usage: { input: 900, output: 100, cache_read: 100, cache_write: 0, reasoning: 0 },
  model: null,
  messages: 3,
  limited: false,
  broken_lines: 0,
  redactions: { openai_key: 2 },
  cwd: null,
  git_branch: null,
  git_commit: null,
  forked_from: null,
  native_id: "n",
  path: "/x",
  ...fields,
});

const message = (position: number, fields: Partial<MessageView> = {}): MessageView => ({
  position,
  role: "user",
  kind: "text",
  text: "Do not touch prices",
  cut: false,
  tool: null,
  gist: null,
  call_id: null,
  error: false,
  at: AT,
  sidechain: false,
  tokens: 5,
  ...fields,
});

const report: ImportView = {
  sessions: [],
  files: 1,
  unchanged: 0,
  new_messages: 7,
  broken_lines: 1,
  skipped: [{ path: "x.png", why: "an image" }],
  more_skipped: 0,
  redactions: { openai_key: 1 },
  kept_secrets: 0,
  lost_secrets: 1,
  lost_because: "the keychain is locked",
};

it("begins a project and goes to it", async () => {
  const { transport, router } = show("/context", {
    "projects.list": { items: [], next: null },
    "projects.add": project(),
    "projects.show": {
      project: project(),
      sessions: [],
      git: null,
      git_trouble: "none",
      commit_rule: null,
      secret_policy: "drop",
      has_own_secret_policy: false,
    },
    "sessions.list": { items: [], next: null },
    "imports.watched": {
      is_running: true,
      is_scanning: true,
      stores: [],
      files: 0,
      new_messages: 0,
      trouble: null,
    },
  });
  await screen.findByRole("heading", { name: "No projects yet" });
  await expectNoBarrier();
  await userEvent.click(screen.getAllByRole("button", { name: "New project" })[0] as HTMLElement);
  await userEvent.type(await screen.findByLabelText("Name"), "lunavo-storefront");
  await userEvent.type(screen.getByLabelText(/^Folder/), "/work/lunavo");
  await userEvent.type(screen.getByLabelText(/^Objectives/), "one\ntwo");
  await userEvent.click(screen.getByRole("button", { name: "Create" }));
  await waitFor(() => expect(router.state.location.pathname).toBe("/context/prj_1"));
  expect(transport.calls.find((call) => call.name === "projects.add")?.params).toEqual({
    name: "lunavo-storefront",
    folder: "/work/lunavo",
    objectives: ["one", "two"],
    pinned: [],
  });
  // What comes in is said while it comes, and not that there is nothing.
  await screen.findByText(/Reading what AI tools keep of this folder/);
  expect(screen.queryByRole("heading", { name: "No sessions yet" })).toBeNull();
});

it("calls a project like its folder where nobody names it", async () => {
  const { transport } = show("/context", {
    "projects.list": { items: [], next: null },
    "projects.add": () => {
      throw new Problem("bad_input", "field `folder`: it is not there", null, 400);
    },
  });
  await userEvent.click((await screen.findAllByRole("button", { name: "New project" }))[0] as HTMLElement);
  const create = await screen.findByRole<HTMLButtonElement>("button", { name: "Create" });
  expect(create.disabled).toBe(true);
  await userEvent.type(screen.getByLabelText(/^Folder/), "/work/lunavo");
  expect(screen.getByLabelText<HTMLInputElement>("Name").placeholder).toBe("lunavo");
  await userEvent.click(create);
  await screen.findByText(/it is not there/);
  expect(transport.calls.find(({ name }) => name === "projects.add")?.params).toEqual({
    name: null,
    folder: "/work/lunavo",
    objectives: [],
    pinned: [],
  });
});

it("shows a project with its objectives and its sessions over time, and ticks an objective", async () => {
  const detail: ProjectDetail = {
    project: project(),
    sessions: [],
    git: {
      branch: "main",
      commit: "a1b2c3d",
      subject: "fix: cart",
      changed: 2,
      ahead: 1,
      behind: null,
      unfinished: null,
    },
    git_trouble: null,
    commit_rule: null,
    secret_policy: "drop",
    has_own_secret_policy: false,
  };
  const { transport } = show("/context/prj_1", {
    "projects.show": detail,
    "projects.change": project(),
    "sessions.list": {
      items: [
        // What was captured afterwards does not say that the account works again.
        session({ id: "ses_2" as SessionView["id"], source: "capture", title: "A note" }),
        session({ limited: true }),
      ],
      next: null,
    },
  });
  await screen.findByRole("heading", { name: "lunavo-storefront" });
  expect(screen.getByText("2 changed files")).toBeTruthy();
  await screen.findByText(/account of the last session ran out/);
  const links = await screen.findAllByRole("link", { name: /Fix the cart/ });
  expect(links).toHaveLength(2);
  await expectNoBarrier();
  await userEvent.click(screen.getByRole("checkbox", { name: "Keep the VAT id" }));
  expect(transport.calls.find((call) => call.name === "projects.change")?.params).toEqual({
    id: "prj_1",
    objectives: [
      { text: "Move the checkout", done: true },
      { text: "Keep the VAT id", done: true },
    ],
  });
});

it("switches the branch of a project, says why not, and shows what handoffs kept over time", async () => {
  const branch = (name: string, current: boolean) => ({
    name,
    commit: "a1b2c3d",
    subject: `last of ${name}`,
    committed_s: 1,
    current,
    track: null,
    elsewhere: null,
  });
  const { transport } = show("/context/prj_1", {
    "projects.show": {
      project: project(),
      sessions: [],
      git: {
        branch: "main",
        commit: "a1b2c3d",
        subject: "fix: cart",
        changed: 2,
        ahead: 3,
        behind: null,
        unfinished: "rebase",
      },
      git_trouble: null,
      commit_rule: null,
      secret_policy: "drop",
      has_own_secret_policy: false,
    },
    "sessions.list": { items: [], next: null },
    "projects.branches": { items: [branch("main", true), branch("cart", false)] },
    "projects.switch": () => {
      throw new Problem("conflict", "would overwrite what is in no commit: a.txt", null, 409);
    },
    "handoffs.list": {
      items: [handoff({ score: 0.94 }), handoff({ id: "hnd_2" as never, score: 0.8 })],
      next: null,
    },
  });
  expect(await screen.findByText("3 ahead")).toBeTruthy();
  expect(screen.getByText("in the middle of a rebase")).toBeTruthy();
  await screen.findByRole("img", { name: "94% in the last one, 87% on average" });
  await expectNoBarrier();
  await userEvent.click(screen.getByRole("button", { name: "main" }));
  await userEvent.click(await screen.findByRole("menuitem", { name: /cart/ }));
  await screen.findByText(/would overwrite what is in no commit: a.txt/);
  expect(transport.calls.find(({ name }) => name === "projects.switch")?.params).toEqual({
    id: "prj_1",
    branch: "cart",
  });
});

it("renames a project, keeps what was reached, and forgets it after a question", async () => {
  const { transport, router } = show("/context/prj_1", {
    "projects.show": {
      project: project(),
      sessions: [],
      git: null,
      git_trouble: null,
      commit_rule: null,
      secret_policy: "drop",
      has_own_secret_policy: false,
    },
    "projects.change": project({ name: "shop" }),
    "projects.remove": { removed: "prj_1" },
    "projects.list": { items: [], next: null },
    "sessions.list": { items: [], next: null },
    "handoffs.list": { items: [], next: null },
  });
  await userEvent.click(await screen.findByRole("button", { name: "Change" }));
  const name = await screen.findByLabelText("Name");
  await userEvent.clear(name);
  await userEvent.type(name, "shop");
  await expectNoBarrier();
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() =>
    expect(transport.calls.find((call) => call.name === "projects.change")?.params).toMatchObject({
      id: "prj_1",
      name: "shop",
      objectives: project().objectives,
    }),
  );
  await userEvent.click(await screen.findByRole("button", { name: "Change" }));
  await userEvent.click(await screen.findByRole("button", { name: "Remove" }));
  await screen.findByText(/Its sessions, handoffs and files stay/);
  expect(transport.count("projects.remove")).toBe(0);
  await userEvent.click(screen.getByRole("button", { name: "Remove" }));
  await waitFor(() => expect(router.state.location.pathname).toBe("/context"));
});

it("lets a project have its own word on secrets, and says what holds for all", async () => {
  const { transport } = show("/context/prj_1", {
    "projects.show": {
      project: project(),
      sessions: [],
      git: null,
      git_trouble: null,
      commit_rule: null,
      secret_policy: "drop",
      has_own_secret_policy: false,
    },
    "projects.change": project(),
    "projects.list": { items: [], next: null },
    "sessions.list": { items: [], next: null },
    "handoffs.list": { items: [], next: null },
    "secrets.policy": {
      policy: "drop",
      projects: [],
      kept: 0,
      place: "keychain",
      because: null,
      forgotten: 0,
      key_left: false,
    },
    "secrets.set_policy": () => {
      throw new Problem("vault_locked", "the keychain is locked", null, 409);
    },
  });
  await userEvent.click(await screen.findByRole("button", { name: "Change" }));
  const choice = await screen.findByLabelText<HTMLSelectElement>("Secrets in its sessions");
  expect(choice.selectedOptions[0]?.textContent).toBe("As everywhere: Drop them");
  await userEvent.selectOptions(choice, "Keep them encrypted");
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  // A vault that refuses is said, and nothing else was changed.
  await screen.findByText("The vault is locked");
  expect(transport.calls.find(({ name }) => name === "secrets.set_policy")?.params).toEqual({
    project_id: "prj_1",
    policy: "encrypt",
  });
  expect(transport.count("projects.change")).toBe(0);
});

it("reads a session: what was said, what tools did folded, and the limit", async () => {
  show("/context/sessions/ses_1", {
    "projects.list": { items: [project()], next: null },
    "sessions.show": session({ limited: true }),
    "sessions.messages": {
      items: [
        message(0),
        message(1, {
          role: "assistant",
          kind: "tool_call",
          tool: "Bash",
          text: "Bash: command=cd /code/shop && ls\n-la",
          gist: "ls",
          tokens: 1204,
        }),
        message(2, { role: "assistant", kind: "limit", text: "resets 17:10" }),
      ],
      next: null,
    },
  });
  await screen.findByText("Do not touch prices");
  expect(screen.getByText("2 secrets replaced")).toBeTruthy();
  expect(await screen.findByRole("link", { name: "lunavo-storefront" })).toBeTruthy();
  const folded = screen.getByRole("button", { name: /Bash ls/ });
  expect(folded.textContent).toContain("1,204 tok");
  await userEvent.click(folded);
  expect(screen.getByText(/-la/)).toBeTruthy();
  // In its head and where it happened, with the way on.
  expect(screen.getAllByText(/Limit reached/)).toHaveLength(2);
  expect(screen.getByRole("link", { name: "Hand over" }).getAttribute("href")).toBe(
    "/context/prj_1/handoff?session=ses_1",
  );
  await expectNoBarrier();
});

it("imports what is dropped, in pieces, and says what came of it", async () => {
  const { transport } = show("/context/prj_1", {
    "projects.show": {
      project: project(),
      sessions: [],
      git: null,
      git_trouble: null,
      commit_rule: null,
      secret_policy: "drop",
      has_own_secret_policy: false,
    },
    "sessions.list": { items: [], next: null },
    "imports.upload": ({ last, offset }) => ({ received: offset, imported: last ? report : null }),
  });
  const place = await screen.findByRole("heading", { name: "lunavo-storefront" });
  const file = new File([new Uint8Array(3 * 1024 * 1024 + 10)], "export.zip");
  fireEvent.drop(place, { dataTransfer: { types: ["Files"], files: [file] } });
  await screen.findByText(/7 new messages/);
  expect(screen.getByText("the keychain is locked")).toBeTruthy();
  expect(screen.getByText(/1 unreadable line/)).toBeTruthy();
  expect(screen.getByText(/an image/)).toBeTruthy();
  const sent = transport.calls.filter((call) => call.name === "imports.upload");
  expect(sent.map(({ params }) => (params as { offset: number }).offset)).toEqual([0, 3 * 1024 * 1024]);
  expect(new Set(sent.map(({ params }) => (params as { project_id: string }).project_id))).toEqual(
    new Set(["prj_1"]),
  );
});

it("says which sessions stay in another project, and moves them on demand", async () => {
  const kept = {
    id: "ses_1" as never,
    source: "chatgpt",
    title: "The cart",
    messages: 2,
    new_messages: 0,
    started_at: null,
    ended_at: null,
    broken_lines: 0,
    kept_in: { id: "prj_2" as never, name: "lunavo-api" },
  };
  const { transport } = show("/context/prj_1", {
    "projects.show": {
      project: project(),
      sessions: [],
      git: null,
      git_trouble: null,
      commit_rule: null,
      secret_policy: "drop",
      has_own_secret_policy: false,
    },
    "sessions.list": { items: [], next: null },
    "sessions.change": {} as never,
    "imports.upload": { received: 3, imported: { ...report, sessions: [kept] } },
  });
  const place = await screen.findByRole("heading", { name: "lunavo-storefront" });
  const file = new File(["abc"], "export.zip");
  fireEvent.drop(place, { dataTransfer: { types: ["Files"], files: [file] } });
  await screen.findByText(/1 session is in another project and stays there/);
  expect(screen.getByText("lunavo-api")).toBeTruthy();
  expect(transport.count("sessions.change")).toBe(0);
  await userEvent.click(screen.getByRole("button", { name: "Move here" }));
  await screen.findByText("Moved here.");
  const moved = transport.calls.find(({ name }) => name === "sessions.change")?.params;
  expect(moved).toEqual({ id: "ses_1", project_id: "prj_1" });
});
