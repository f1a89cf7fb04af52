/** Another plan, or other inputs, in the place of a plan that nobody has started. */
import type { Hands } from "../../actions/action";
import type { ExecutionSummary } from "../../backend/views";
import { propose } from "./propose";

interface Revision {
  /** The text of the plan; null keeps the playbook that it came from. */
  plan: string | null;
  inputs: Record<string, unknown>;
}

/** The new proposal is there before the old one is discarded, so that none is lost when that fails. */
export async function revise(
  hands: Hands,
  { id, source }: ExecutionSummary,
  { plan, inputs }: Revision,
): Promise<void> {
  await propose(hands, plan === null ? { playbook: source, inputs } : { plan, inputs, source });
  await hands.backend.transport.call("executions.cancel", { id });
}
