/** The text of an execution's plan as it holds now; null until it is here. */
import { useQuery } from "@tanstack/react-query";
import { useQueries } from "../../backend/use-backend";
import type { ExecutionId } from "../../backend/views";

export function usePlanText(id: ExecutionId): string | null {
  const { data } = useQuery(useQueries().plan(id));
  return data === undefined ? null : readable(data.text);
}

/** The core keeps a plan as JSON; with a line for each field it can be read, compared and edited. */
export function readable(text: string): string {
  try {
    return `${JSON.stringify(JSON.parse(text), null, 2)}\n`;
  } catch {
    return text;
  }
}
