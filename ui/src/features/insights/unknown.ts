/** What is not known of a sum, in words; nothing where everything is. */
import type { Say } from "../../actions/action";
import type { PartView } from "../../backend/views";

export function unknownParts(part: PartView, t: Say): string {
  const parts: string[] = [];
  if (part.unpriced > 0) parts.push(t("insights.unpriced", { count: part.unpriced }));
  if (part.untold > 0) parts.push(t("insights.untold", { count: part.untold }));
  return parts.join(", ");
}
