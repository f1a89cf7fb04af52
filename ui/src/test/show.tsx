/** Shows the whole application at an address over a scripted core, as a person would open it. */
import { createMemoryHistory } from "@tanstack/react-router";
import { render } from "@testing-library/react";
import axe from "axe-core";
import { expect } from "vitest";
import { App } from "../app/app";
import { createAppRouter } from "../app/router";
import { createBackend } from "../backend/backend";
import { ScriptedTransport } from "./scripted-transport";

type Answers = ConstructorParameters<typeof ScriptedTransport>[0];

const always: Answers = {
  stats: {
    running: 1,
    waiting: 1,
    executions: {},
    sessions: 0,
    projects: 0,
    all_projects: 0,
    accounts: 0,
    accounts_usable: 0,
    credits: [],
    today: { calls: 0, usd: "0", at_least: false, cap: null },
    knowledge: 0,
    trouble: null,
  },
  health: { status: "ok", version: "0.1.0", epoch: 1, living: 0, proof: null },
  "approvals.list": { items: [], next: null },
  "threads.list": { items: [], next: null },
};

export function show(address: string, answers: Answers = {}) {
  // The test page has no layout, so lists would draw no row at all without a size.
  Object.defineProperty(HTMLElement.prototype, "clientHeight", { configurable: true, value: 600 });
  Object.defineProperty(HTMLElement.prototype, "clientWidth", { configurable: true, value: 1200 });
  const transport = new ScriptedTransport({ ...always, ...answers });
  const backend = createBackend(transport);
  const router = createAppRouter(createMemoryHistory({ initialEntries: [address] }));
  render(<App backend={backend} router={router} />);
  return { transport, backend, router };
}

/** No fault that keeps somebody out. Colours need a real page; they are checked there. */
export async function expectNoBarrier(): Promise<void> {
  const { violations } = await axe.run(document.body, { rules: { "color-contrast": { enabled: false } } });
  const grave = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  expect(grave.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
}
