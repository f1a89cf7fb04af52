/** Whether an approval lies over this screen: then the keys are its own. */
import { useSearch } from "@tanstack/react-router";

export function useApprovalIsOpen(): boolean {
  return useSearch({
    strict: false,
    select: (search: { approval?: string }) => search.approval !== undefined,
  });
}
