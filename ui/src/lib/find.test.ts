import { expect, it } from "vitest";
import { find, isSentence, rank } from "./find";

it("wants every word, and prefers the start of the name", () => {
  const items = ["nightly-report", "report", "export of reports", "brief-repo"];
  expect(find("repo", items, (item) => [item])).toEqual([
    "report",
    "nightly-report",
    "export of reports",
    "brief-repo",
  ]);
  expect(find("rep night", items, (item) => [item])).toEqual(["nightly-report"]);
  expect(rank("brief", "x", "a brief note")).toBeLessThan(rank("brief", "brief-repo") ?? 0);
  expect(rank("gone", "x")).toBeNull();
});

it("tells a request from a search", () => {
  expect(isSentence("brief the repository")).toBe(true);
  expect(isSentence("  brief-repo  today ")).toBe(false);
});
