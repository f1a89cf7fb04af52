/** What a card that stands for several steps is called. */
import type { TFunction } from "i18next";
import type { Card } from "./graph-cards";

export function cardTitle(card: Card, t: TFunction): string {
  if (card.kind === "instances") return `${card.id}[*]`;
  if (card.kind !== "waves") return card.id;
  if (card.from === card.to) return t("graph.wave", { number: card.from });
  return t("graph.waves", { from: card.from, to: card.to });
}
