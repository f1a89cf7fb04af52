import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { Problem } from "../../backend/problem";
import { AT } from "../../test/samples";
import { expectNoBarrier, show } from "../../test/show";

const found = {
  folder: "/code/shop",
  name: "shop",
  tools: ["claude_code", "codex"],
  sessions: 4,
  last_session_at: AT,
};

it("offers the folders that AI tools worked in, and makes one a project with a click", async () => {
  let refused = true;
  const { transport } = show("/context", {
    "projects.list": { items: [], next: null },
    "projects.found": { items: [found], next: null },
    "projects.add": () => {
      if (refused) throw new Problem("bad_input", "field `folder`: it is gone", null, 400);
      return {} as never;
    },
  });
  const list = await screen.findByRole("region", { name: "Where AI tools worked on this machine" });
  expect(list.textContent).toContain("Claude Code, Codex");
  expect(list.textContent).toContain("4 sessions");
  await expectNoBarrier();
  await userEvent.click(within(list).getByRole("button", { name: "Make shop a project" }));
  await screen.findByText(/it is gone/);
  refused = false;
  transport.answers["projects.found"] = { items: [], next: null };
  await userEvent.click(within(list).getByRole("button", { name: "Make shop a project" }));
  await waitFor(() =>
    expect(screen.queryByRole("region", { name: "Where AI tools worked on this machine" })).toBeNull(),
  );
  expect(transport.calls.findLast(({ name }) => name === "projects.add")?.params).toEqual({
    folder: "/code/shop",
  });
});

it("says so where it could not look for them", async () => {
  show("/context", {
    "projects.list": { items: [], next: null },
    "projects.found": () => {
      throw new Problem("internal", "the disk answered with a fault", null, 500);
    },
  });
  const list = await screen.findByRole("region", { name: "Where AI tools worked on this machine" });
  expect(list.textContent).toContain("the disk answered with a fault");
});
