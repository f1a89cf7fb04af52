/**
 * A screen that failed while it was drawn: said plainly, with the details to report and a way on.
 *
 * Screens are fetched when they are opened first. One that could not be fetched because the core is gone is no
 * fault of the screen: it says so, and the page comes anew when the core is back, because an engine does not
 * fetch a style sheet again that it failed to fetch.
 */
import { type ErrorComponentProps, useRouter } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { unreachable } from "../backend/problem";
import { useLiveState } from "../backend/use-backend";
import { ErrorState } from "../components/place-state";

export function Broken({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const { phase } = useLiveState();
  const wasOffline = useRef(false);
  useEffect(() => {
    if (phase === "offline") wasOffline.current = true;
    else if (phase === "live" && wasOffline.current) window.location.reload();
  }, [phase]);
  const again = () => {
    reset();
    void router.invalidate();
  };
  return <ErrorState error={phase === "offline" ? unreachable(error) : error} onRetry={again} />;
}
