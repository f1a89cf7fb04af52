import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";
import { Problem } from "../../backend/problem";
import type { Answer, MadeBriefing, SessionId } from "../../backend/views";
import { AT, plan } from "../../test/samples";
import { expectNoBarrier, show } from "../../test/show";

const made: MadeBriefing = {
  text: "# Briefing\n",
  tokens: 900,
  budget: 2_000,
  items: [{ kind: "goal", text: "Move the checkout.", sources: [{ kind: "message", ref: "#3" }] }],
  coverage: { candidates: 1, kept: 1, weight: 1, loss: null },
  sessions: [{ label: "", id: "ses_1" as SessionId, title: "The cart", messages: 9 }],
  history_tokens: 9_000,
};

const answers = {
  "projects.show": {
    project: {
      id: "prj_1",
      name: "shop: web",
      description: "",
      status: "active",
      folder: "/code/shop",
      objectives: [],
      pinned: [],
      progress: null,
      sessions: 1,
      accounts: [],
      last_session_at: AT,
      created_at: AT,
      updated_at: AT,
    },
    sessions: [],
    git: null,
    git_trouble: null,
    commit_rule: null,
    secret_policy: "drop",
    has_own_secret_policy: false,
  } as unknown as Answer<"projects.show">,
  "accounts.choose": { first: null, ranked: [] },
  "sessions.messages": { items: [], next: null },
  "handoffs.plan": plan(),
};

/** What the browser was given to keep. */
function kept() {
  const files: { name: string; text: Promise<string> }[] = [];
  let last = new Blob();
  vi.spyOn(URL, "createObjectURL").mockImplementation((content) => {
    last = content as Blob;
    return "blob:kept";
  });
  vi.spyOn(URL, "revokeObjectURL").mockImplementation(() => undefined);
  vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
    if (this.download !== "") files.push({ name: this.download, text: last.text() });
  });
  return files;
}

afterEach(() => vi.restoreAllMocks());

it("saves the briefing as Markdown and as messages for an API, within the same budget", async () => {
  const files = kept();
  const { transport } = show("/context/prj_1/handoff", {
    ...answers,
    "briefings.make": ({ form }) =>
      form === "messages" ? { ...made, text: '[{"role":"user","content":"# Briefing"}]' } : made,
  });
  const open = async () =>
    await userEvent.click(await screen.findByRole("button", { name: "Save as a file" }));
  await open();
  const forms = await screen.findAllByRole("menuitem");
  expect(forms.map((each) => each.textContent)).toEqual([
    "Markdown",
    "Messages for an API",
    "Lines and sources as JSON",
    "Block for an instruction file",
  ]);
  await expectNoBarrier();
  const before = transport.count("briefings.make");
  await userEvent.click(screen.getByRole("menuitem", { name: "Markdown" }));
  await screen.findByText("shop- web briefing.md is with your downloads");
  // What is on the screen is what is saved.
  expect(transport.count("briefings.make")).toBe(before);
  await open();
  await userEvent.click(await screen.findByRole("menuitem", { name: "Messages for an API" }));
  await waitFor(() => expect(files).toHaveLength(2));
  expect(files.map(({ name }) => name)).toEqual([
    "shop- web briefing.md",
    "shop- web briefing.messages.json",
  ]);
  expect(await files[0]?.text).toBe("# Briefing\n");
  expect(await files[1]?.text).toContain('"role":"user"');
  expect(transport.calls.findLast(({ name }) => name === "briefings.make")?.params).toMatchObject({
    project_id: "prj_1",
    budget: 2_000,
    form: "messages",
    answer: null,
  });
});

it("asks in a window where the file is to lie, and says what was refused", async () => {
  const files = kept();
  let taken = true;
  const { transport } = show("/context/prj_1/handoff", {
    ...answers,
    "briefings.make": made,
    "briefings.save": ({ path }) => {
      if (taken)
        throw new Problem("conflict", `field \`path\`: there is a file already at ${path}`, null, 409);
      return { path: "/home/me/shop.json", tokens: 900, changed: true };
    },
  });
  Object.assign(transport, { kind: "window" });
  await userEvent.click(await screen.findByRole("button", { name: "Save as a file" }));
  await userEvent.click(await screen.findByRole("menuitem", { name: "Messages for an API" }));
  const field = await screen.findByRole<HTMLInputElement>("textbox", { name: "Where it is to lie" });
  expect(field.value).toBe("~/shop- web briefing.messages.json");
  await expectNoBarrier();
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  await screen.findByText(/there is a file already/);
  taken = false;
  await userEvent.clear(field);
  await userEvent.type(field, "~/shop.json{Enter}");
  await screen.findByText("The briefing stands in /home/me/shop.json");
  expect(transport.calls.findLast(({ name }) => name === "briefings.save")?.params).toMatchObject({
    form: "messages",
    path: "~/shop.json",
    budget: 2_000,
  });
  expect(files).toEqual([]);
});
