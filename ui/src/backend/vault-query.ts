/** Where a new key goes. It asks the keychain, which can open its window: only who types a key asks. */
import { queryOptions } from "@tanstack/react-query";
import { useBackend } from "./use-backend";

export function useVaultQuery() {
  const { transport } = useBackend();
  return queryOptions({
    queryKey: ["vault.show"],
    queryFn: ({ signal }) => transport.call("vault.show", {}, signal),
    // Nothing tells when a keychain is unlocked, so each new look asks again.
    staleTime: 0,
    gcTime: 0,
    retry: false,
    meta: { tags: [] as string[] },
  });
}
