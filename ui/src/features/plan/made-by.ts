/** Which model made a plan, and what it did not get: told once, with the proposal, and kept while this page is open. */
import { useQuery } from "@tanstack/react-query";
import type { Hands } from "../../actions/action";
import { useBackend, useQueries } from "../../backend/use-backend";
import type { ExecutionId, PlanProposal } from "../../backend/views";

export type MadeBy = Pick<PlanProposal, "notes"> & { model: NonNullable<PlanProposal["model"]> };

const keyOf = (id: ExecutionId) => ["plans.made_by", id];

export function keepMadeBy({ backend }: Hands, id: ExecutionId, { model, notes }: PlanProposal): void {
  if (model === null) return;
  backend.queries.setQueryDefaults(["plans.made_by"], { gcTime: Number.POSITIVE_INFINITY });
  backend.queries.setQueryData<MadeBy>(keyOf(id), { model, notes });
}

/** It is there before the execution is shown, and never changes. */
export function useMadeBy(id: ExecutionId): MadeBy | undefined {
  return useBackend().queries.getQueryData<MadeBy>(keyOf(id));
}

/** Whether the plan of an execution says that a model wrote it. */
export function useIsByModel(id: ExecutionId): boolean {
  const { data } = useQuery({ ...useQueries().plan(id), select: ({ planned_by }) => planned_by === "model" });
  return data ?? false;
}
