import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { Problem } from "../../backend/problem";
import type { ProjectDetail, ProjectView } from "../../backend/views";
import { AT } from "../../test/samples";
import { expectNoBarrier, show } from "../../test/show";

const project = (pinned: string[]): ProjectView => ({
  id: "prj_1" as ProjectView["id"],
  name: "shop",
  description: "",
  status: "active",
  folder: "/code/shop",
  objectives: [],
  progress: null,
  pinned,
  created_at: AT,
  updated_at: AT,
  sessions: 0,
  accounts: [],
  last_session_at: null,
});

const detail = (pinned: string[]): ProjectDetail => ({
  project: project(pinned),
  sessions: [],
  git: null,
  git_trouble: null,
  commit_rule: null,
  secret_policy: "drop",
  has_own_secret_policy: false,
});

const none = { items: [], next: null };

it("shows the pinned files of a project, adds one, takes one off, and says what was refused", async () => {
  let pinned = ["AGENTS.md"];
  const { transport } = show("/context/prj_1", {
    "projects.show": () => detail(pinned),
    "projects.change": (wish) => {
      if (wish.pinned?.includes("../secret"))
        throw new Problem("bad_input", "field `pinned`: `../secret` is outside the folder", null, 400);
      pinned = [...(wish.pinned ?? [])];
      return project(pinned);
    },
    "sessions.list": none,
    "handoffs.list": none,
    "compression.list": none,
    "snapshots.list": none,
  });
  const part = await screen.findByRole("region", { name: "Pinned files" });
  expect(within(part).getByText("AGENTS.md")).toBeTruthy();
  await expectNoBarrier();
  const field = within(part).getByRole<HTMLInputElement>("textbox", { name: "Path of a file" });
  await userEvent.type(field, "../secret{Enter}");
  await within(part).findByText(/outside the folder/);
  // What was typed stays to be put right.
  expect(field.value).toBe("../secret");
  await userEvent.clear(field);
  await userEvent.type(field, "docs/plan.md{Enter}");
  await within(part).findByText("docs/plan.md");
  expect(within(part).queryByText(/outside the folder/)).toBeNull();
  expect(field.value).toBe("");
  await userEvent.click(within(part).getByRole("button", { name: "Unpin AGENTS.md" }));
  await waitFor(() => expect(within(part).queryByText("AGENTS.md")).toBeNull());
  expect(pinned).toEqual(["docs/plan.md"]);
  // One that is there already is not sent a second time.
  const sent = transport.count("projects.change");
  await userEvent.type(field, "docs/plan.md{Enter}");
  await waitFor(() => expect(field.value).toBe(""));
  expect(transport.count("projects.change")).toBe(sent);
});

it("pins files when a project is made", async () => {
  const { transport } = show("/context", {
    "projects.list": none,
    "projects.found": none,
    "projects.add": project(["AGENTS.md", "docs/plan.md"]),
    "projects.show": detail(["AGENTS.md", "docs/plan.md"]),
  });
  await userEvent.click((await screen.findAllByRole("button", { name: "New project" }))[0] as HTMLElement);
  await userEvent.type(screen.getByRole("textbox", { name: /^Name/ }), "shop");
  await userEvent.type(
    screen.getByRole("textbox", { name: /^Pinned files/ }),
    "AGENTS.md{Enter}  docs/plan.md {Enter}",
  );
  await userEvent.click(screen.getByRole("button", { name: "Create" }));
  await waitFor(() =>
    expect(transport.calls.find(({ name }) => name === "projects.add")?.params).toMatchObject({
      pinned: ["AGENTS.md", "docs/plan.md"],
    }),
  );
});
