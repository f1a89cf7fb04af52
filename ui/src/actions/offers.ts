/** What the screens offer right now: the same entries that have keys there are found in the command bar. */
import type { BoundAction } from "./action";

interface Offer {
  current: { actions: readonly BoundAction[] };
}

const offers = new Set<Offer>();

/** Offers these until the returned function is called; the latest of `current` counts. */
export function offer(latest: Offer): () => void {
  offers.add(latest);
  return () => offers.delete(latest);
}

/** Every action that could run now, each once. Walking through a list is left to its keys. */
export function offered(): BoundAction[] {
  const found = new Map<string, BoundAction>();
  for (const { current } of offers) {
    for (const action of current.actions) {
      const walks = action.repeats || action.shortcut === "escape" || action.shortcut === "enter";
      if (action.enabled && !walks) found.set(action.id, action);
    }
  }
  return [...found.values()];
}
