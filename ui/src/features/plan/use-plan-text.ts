/** The text of a plan that waits to be looked at; null where this page does not have it. */
import { useQuery } from "@tanstack/react-query";
import { useBackend, useQueries } from "../../backend/use-backend";
import type { ExecutionId, ExecutionSummary } from "../../backend/views";

const textKey = (id: ExecutionId) => ["plan.text", id];

export function usePlanText({ id, source }: ExecutionSummary): string | null {
  const { queries } = useBackend();
  const sent = queries.getQueryData<string>(textKey(id)) ?? null;
  const playbook = useQuery({ ...useQueries().playbook(source), enabled: sent === null && source !== "" });
  return sent ?? playbook.data?.text ?? null;
}

/** Keeps the text that this page has just proposed. */
export function keepPlanText(
  queries: ReturnType<typeof useBackend>["queries"],
  id: ExecutionId,
  text: string,
): void {
  queries.setQueryDefaults(textKey(id), { gcTime: Number.POSITIVE_INFINITY });
  queries.setQueryData(textKey(id), text);
}
