import { screen, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import type { Answer, SessionView } from "../backend/views";
import { account, list } from "../test/accounts";
import { AT } from "../test/samples";
import { show } from "../test/show";

const session = (number: number, account_id: string | null): SessionView => ({
  id: `ses_${number}` as SessionView["id"],
  project_id: null,
  account_id,
  source: "claude_code",
  session_type: "imported",
  title: `Session ${number}`,
  objectives: [],
  started_at: "2023-06-09T13:39:00.000Z",
  ended_at: AT,
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
});

const projects: Answer<"projects.list"> = { items: [], next: null };

it("names the account of a session, says where it is gone, and leaves an id of another system as it is", async () => {
  show("/context?list=sessions", {
    "sessions.list": {
      items: [session(1, "acc_Work"), session(2, "acc_0gone"), session(3, "seat-7"), session(4, null)],
      next: null,
    },
    "projects.list": projects,
    "accounts.list": list([account("Work")]),
  });
  const row = async (title: string) =>
    (await screen.findByText(title)).closest("a")?.textContent?.replace(title, "");
  await waitFor(async () => expect(await row("Session 1")).toContain("Work"));
  expect(await row("Session 2")).toContain("account that is gone");
  expect(await row("Session 2")).not.toContain("acc_0gone");
  expect(screen.getByTitle("acc_0gone")).toBeTruthy();
  expect(await row("Session 3")).toContain("seat-7");
});

it("shows the id of an account that is gone, and the year, in the head of its session", async () => {
  show("/context/sessions/ses_2", {
    "sessions.show": session(2, "acc_0gone"),
    "sessions.messages": { items: [], next: null },
    "projects.list": projects,
    "accounts.list": list([]),
  });
  await screen.findByText("account that is gone");
  expect(screen.getByText("acc_0gone").tagName).toBe("CODE");
  expect(screen.getByText(/Jun 9, 2023/)).toBeTruthy();
});
