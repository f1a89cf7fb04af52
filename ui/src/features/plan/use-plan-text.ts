/** The text of an execution's plan as it holds now; null until it is here. */
import { useQuery } from "@tanstack/react-query";
import { useQueries } from "../../backend/use-backend";
import type { ExecutionId } from "../../backend/views";

export function usePlanText(id: ExecutionId): string | null {
  const { data } = useQuery(useQueries().plan(id));
  return data?.text ?? null;
}
