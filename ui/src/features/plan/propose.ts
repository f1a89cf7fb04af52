/** Makes an execution that waits to be looked at, and goes there. Nothing of it runs before somebody starts it. */
import type { Hands } from "../../actions/action";
import type { Params } from "../../backend/views";

type Request = Pick<Params<"executions.orchestrate">, "query" | "playbook" | "plan" | "inputs" | "source">;

export async function propose({ backend, go }: Hands, request: Request): Promise<void> {
  const { execution_id: id } = await backend.transport.call("executions.orchestrate", {
    ...request,
    start: false,
  });
  go({ place: "execution", id });
}
