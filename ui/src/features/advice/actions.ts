/** What can be done with a recommendation. */
import { BellOff, ListPlus, Moon, Sparkles, Wallet } from "lucide-react";
import type { Action } from "../../actions/action";
import type { RecommendationView } from "../../backend/views";
import { propose } from "../plan/propose";

type Kind = RecommendationView["advice"];
type Of<K extends Kind["kind"]> = Extract<Kind, { kind: K }>;

const WEEK_MS = 7 * 86_400_000;

export const dismiss: Action<RecommendationView> = {
  id: "advice.dismiss",
  label: "advice.dismiss",
  icon: BellOff,
  enabled: () => true,
  run: async ({ key }, { backend }) => {
    await backend.transport.call("insights.dismiss", { key });
  },
};

export const snooze: Action<RecommendationView> = {
  id: "advice.snooze",
  label: "advice.snooze",
  icon: Moon,
  enabled: () => true,
  run: async ({ key }, { backend }) => {
    const until = new Date(Date.now() + WEEK_MS).toISOString();
    await backend.transport.call("insights.snooze", { key, until });
  },
};

export const setBudget: Action<Of<"set_budget">> = {
  id: "advice.set_budget",
  label: "advice.go_budget",
  icon: Wallet,
  enabled: () => true,
  run: async ({ cap }, { backend }) => {
    await backend.transport.call("budgets.add", {
      over: { kind: "everything" },
      period: "day",
      unit: "usd",
      cap,
    });
  },
};

/** A request is asked for once more, for a plan to look at. */
export const askFor: Action<Of<"make_playbook">> = {
  id: "advice.ask",
  label: "advice.go_ask",
  icon: Sparkles,
  enabled: () => true,
  run: ({ lines }, hands) => hands.openBar(lines[0] ?? ""),
};

/** Commands become a plan to look at; nothing of it runs before somebody starts it. */
export const makePlan: Action<Of<"make_playbook">> = {
  id: "advice.plan",
  label: "advice.go_plan",
  icon: ListPlus,
  enabled: () => true,
  run: ({ lines }, hands) => propose(hands, { plan: planOf(lines), source: "repeated commands" }),
};

/** Each command needs the one before it, as it was when a person ran them. */
export function planOf(lines: readonly string[]): string {
  const steps = lines.map((line, at) => ({
    id: `step_${at + 1}`,
    name: line.slice(0, 60),
    tool: "shell.run",
    // A line with `&&` or `|` is one of a shell.
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the language of plans.
    args: { root: "${{ inputs.path }}", argv: ["sh", "-c", line.replaceAll("${{", "$ {{")] },
    ...(at === 0 ? {} : { needs: [`step_${at}`] }),
  }));
  const path = { type: "string", slot: "path", default: "." };
  return JSON.stringify({ name: "repeated", inputs: { path }, steps }, null, 2);
}
