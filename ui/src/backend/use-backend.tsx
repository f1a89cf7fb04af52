/** The backend inside React: one context, and the live state as a value. */
import { QueryClientProvider } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useMemo, useSyncExternalStore } from "react";
import type { Backend } from "./backend";
import type { LiveState } from "./live";
import { type Queries, queriesOf } from "./queries";

const BackendContext = createContext<Backend | null>(null);

export function BackendProvider({ backend, children }: { backend: Backend; children: ReactNode }) {
  return (
    <BackendContext value={backend}>
      <QueryClientProvider client={backend.queries}>{children}</QueryClientProvider>
    </BackendContext>
  );
}

export function useBackend(): Backend {
  const backend = useContext(BackendContext);
  if (backend === null) throw new Error("a screen stands outside of BackendProvider");
  return backend;
}

export function useQueries(): Queries {
  const { transport } = useBackend();
  return useMemo(() => queriesOf(transport), [transport]);
}

export function useLiveState(): LiveState {
  const { live } = useBackend();
  return useSyncExternalStore(live.subscribe, live.current);
}
