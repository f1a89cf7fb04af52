/** Another plan, or other inputs, in the place of what has not started. */
import type { Hands } from "../../actions/action";
import type { ExecutionId } from "../../backend/views";

interface Revision {
  /** The text of the plan; null leaves it as it is. */
  plan: string | null;
  inputs: Record<string, unknown>;
  /** The version of the plan that was changed: another one that holds by now is not overwritten. */
  version: number;
}

export async function revise({ backend }: Hands, id: ExecutionId, revision: Revision): Promise<void> {
  const plan = revision.plan === null ? {} : { plan: revision.plan };
  await backend.transport.call("executions.revise", {
    id,
    inputs: revision.inputs,
    version: revision.version,
    ...plan,
  });
  // What is shown next is the new version, also where the stream is slower than the answer.
  await backend.queries.invalidateQueries({
    predicate: ({ queryKey }) => String(queryKey[0]).startsWith("executions.") && queryKey[1] === id,
  });
}
