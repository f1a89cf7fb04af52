/** A screen that failed while it was drawn: said plainly, with the details to report and a way on. */
import { type ErrorComponentProps, useRouter } from "@tanstack/react-router";
import { ErrorState } from "../components/place-state";

export function Broken({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const again = () => {
    reset();
    void router.invalidate();
  };
  return <ErrorState error={error} onRetry={again} />;
}
