/** The keys that move a cursor through a list. */
import { ArrowDown, ArrowUp } from "lucide-react";
import type { Action } from "./action";

/** A list with a cursor; below 0 it stands on nothing yet. */
export interface Cursor {
  count: number;
  at: number;
  move(to: number): void;
}

/** `j` and `k` for the list of this place: to the next and to the one before, not beyond an end. */
export function cursorMoves(place: string): readonly [Action<Cursor>, Action<Cursor>] {
  const next: Action<Cursor> = {
    id: `${place}.next`,
    label: "action.next",
    icon: ArrowDown,
    shortcut: "j",
    repeats: true,
    enabled: ({ count }) => count > 0,
    run: ({ count, at, move }) => move(Math.min(count - 1, at + 1)),
  };
  const previous: Action<Cursor> = {
    ...next,
    id: `${place}.previous`,
    label: "action.previous",
    icon: ArrowUp,
    shortcut: "k",
    run: ({ at, move }) => move(Math.max(0, at - 1)),
  };
  return [next, previous];
}
