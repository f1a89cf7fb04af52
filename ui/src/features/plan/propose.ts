/** Makes an execution that waits to be looked at, and goes there. Nothing of it runs before somebody starts it. */
import type { Hands } from "../../actions/action";
import type { Params, PlanProposal } from "../../backend/views";
import { keepMadeBy } from "./made-by";

type Request = Pick<Params<"executions.orchestrate">, "query" | "playbook" | "plan" | "inputs" | "source">;

/** `proposal` is what the request was made from, where it is one. */
export async function propose(hands: Hands, request: Request, proposal?: PlanProposal): Promise<void> {
  const { backend, go } = hands;
  const { execution_id: id } = await backend.transport.call("executions.orchestrate", {
    ...request,
    start: false,
  });
  if (proposal !== undefined) keepMadeBy(hands, id, proposal);
  go({ place: "execution", id });
}
