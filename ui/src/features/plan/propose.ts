/** Makes an execution that waits to be looked at, and goes there. Nothing of it runs before somebody starts it. */
import type { Hands } from "../../actions/action";
import type { ExecutionId, Params } from "../../backend/views";
import { keepPlanText } from "./use-plan-text";

export type Request = Pick<
  Params<"executions.orchestrate">,
  "query" | "playbook" | "plan" | "inputs" | "source"
>;

export async function propose({ backend, go }: Hands, request: Request): Promise<ExecutionId> {
  const { execution_id: id } = await backend.transport.call("executions.orchestrate", {
    ...request,
    start: false,
  });
  if (typeof request.plan === "string") keepPlanText(backend.queries, id, request.plan);
  go({ place: "execution", id });
  return id;
}
