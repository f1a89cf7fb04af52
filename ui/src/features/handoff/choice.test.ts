import { expect, it } from "vitest";
import type { HandoffPlan } from "../../backend/views";
import { PROPOSED, pathsOf, sendingOf } from "./choice";

const plan = {
  file: { path: "/code/AGENTS.md", name: "AGENTS.md", exists: true },
  git: { branch: "main" },
  blocked: null,
  files: [
    { path: "cart.ts", state: "modified", touched: true },
    { path: "notes.md", state: "modified", touched: false },
  ],
  more: 0,
  rule: null,
  branch: "krake/handoff-1",
} as unknown as HandoffPlan;

it("commits nothing that nobody allowed, and never a file that nobody chose", () => {
  expect(sendingOf(plan, PROPOSED)).toMatchObject({ write_file: true, commit: "no", commit_paths: null });
  expect(sendingOf(plan, { ...PROPOSED, commit: true })).toMatchObject({
    commit: "yes",
    commit_paths: ["cart.ts"],
    commit_branch: null,
  });
  const always = { ...plan, rule: { when: "always", branch: "" } } as HandoffPlan;
  expect(sendingOf(always, PROPOSED).commit).toBe("yes");
  expect(sendingOf(always, { ...PROPOSED, commit: false }).commit).toBe("no");
  expect(sendingOf(always, { ...PROPOSED, paths: [] }).commit).toBe("no");
  expect(sendingOf({ ...always, blocked: "a rebase" }, PROPOSED).commit).toBe("no");
  expect(sendingOf(undefined, PROPOSED)).toEqual({ write_file: false, commit: "no" });
  expect(pathsOf(plan, { ...PROPOSED, paths: ["notes.md"] })).toEqual(["notes.md"]);
});
