import { expect, it } from "vitest";
import type { MadeBriefing, SessionId } from "../../backend/views";
import { keptOf, placeOf, sectionsOf } from "./places";

const one = "ses_1" as SessionId;
const two = "ses_2" as SessionId;
const cited = (label: string, id: SessionId) => ({ label, id, title: null, messages: 9 });
const item = (kind: "goal" | "file", ...refs: string[]) => ({
  kind,
  text: "x",
  sources: refs.map((ref) => ({ kind: "message" as const, ref })),
});

it("finds the message that a reference means, and nothing where it means none", () => {
  expect(placeOf("#12", [cited("", one)])).toEqual({ session: one, at: 12 });
  const several = [cited("s1", one), cited("s2", two)];
  expect(placeOf("s2#3", several)).toEqual({ session: two, at: 3 });
  for (const other of ["#12", "s3#1", "a1b2c3d", "src/x.rs:12", "s2#x", ""]) {
    expect(placeOf(other, several)).toBeNull();
  }
});

it("knows what of a session was kept, and the sections in order", () => {
  const made = {
    items: [item("goal", "s1#0"), item("file", "s1#4", "s2#4"), item("goal", "s2#9")],
    sessions: [cited("s1", one), cited("s2", two)],
  } as unknown as MadeBriefing;
  expect([...keptOf(made, one)]).toEqual([
    [0, ["x"]],
    [4, ["x"]],
  ]);
  expect([...keptOf(made, two).keys()]).toEqual([4, 9]);
  expect(sectionsOf(made.items).map(({ kind, items }) => [kind, items.length])).toEqual([
    ["goal", 2],
    ["file", 1],
  ]);
});
