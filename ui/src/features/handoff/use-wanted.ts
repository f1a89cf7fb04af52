/** Lost facts that a person put back. They stay with the draft while it is open, else in the address of the page. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { asProblem } from "../../backend/problem";
import { useBackend, useQueries } from "../../backend/use-backend";
import type { DraftId } from "../../backend/views";
import { useNotices } from "../../components/notices";

interface Wanted {
  facts: readonly string[];
  put(facts: readonly string[]): void;
  /** Where they are is known; before that no briefing is made. */
  known: boolean;
  keeping: boolean;
}

const NONE: readonly string[] = [];

export function useWanted(
  draft: DraftId | undefined,
  inAddress: readonly string[] | undefined,
  toAddress: (facts: readonly string[]) => void,
): Wanted {
  const { transport } = useBackend();
  const cache = useQueryClient();
  const { tellProblem } = useNotices();
  const query = useQueries().draft(draft ?? ("" as DraftId));
  const { data, isError } = useQuery({ ...query, enabled: draft !== undefined });
  const keep = useMutation({
    mutationFn: (facts: readonly string[]) =>
      transport.call("drafts.want", { id: draft ?? ("" as DraftId), wanted: [...facts] }),
    onSuccess: (view) => cache.setQueryData(query.queryKey, (before) => before && { ...before, draft: view }),
    onError: (thrown) => tellProblem(asProblem(thrown)),
  });
  const open = draft !== undefined && data?.draft.state === "open" ? data.draft : undefined;
  return {
    facts: open === undefined ? (inAddress ?? NONE) : keep.isPending ? keep.variables : open.wanted,
    put: open === undefined ? toAddress : keep.mutate,
    known: draft === undefined || data !== undefined || isError,
    keeping: keep.isPending,
  };
}
