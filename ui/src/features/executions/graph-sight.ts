/** Where the eye stands on a graph: near enough to read, and on what matters where not all of it fits. */
import { CARD, type GraphPlace } from "./graph-layout";

/** The smallest words of a card are 12 px; at this zoom they are 11 px. */
export const READABLE = 0.92;
/** Beside the cards; below them stands the legend. */
const ROOM = { top: 20, right: 24, bottom: 52, left: 24 } as const;

interface Size {
  width: number;
  height: number;
}

export interface Sight {
  x: number;
  y: number;
  zoom: number;
}

/** All cards where they can be read; else as many of them as can be, the one in focus among them. */
export function sightOf(places: readonly GraphPlace[], box: Size, focus: GraphPlace | undefined): Sight {
  const left = Math.min(...places.map((place) => place.x));
  const top = Math.min(...places.map((place) => place.y));
  const width = Math.max(...places.map((place) => place.x)) + CARD.width - left;
  const height = Math.max(...places.map((place) => place.y)) + CARD.height - top;
  const across = { from: ROOM.left, size: box.width - ROOM.left - ROOM.right };
  const down = { from: ROOM.top, size: box.height - ROOM.top - ROOM.bottom };
  const whole = Math.min(across.size / width, down.size / height);
  const zoom = Math.min(1, Math.max(READABLE, whole));
  const at = focus ?? places[0];
  const middle = { x: (at?.x ?? left) + CARD.width / 2, y: (at?.y ?? top) + CARD.height / 2 };
  return {
    zoom,
    x: across.from + shift(left, width, across.size, middle.x, zoom),
    y: down.from + shift(top, height, down.size, middle.y, zoom),
  };
}

/** How far the view must move, and no farther, for a card to lie in it. */
export function revealing(card: GraphPlace, box: Size, sight: Sight): Sight {
  const { zoom } = sight;
  const x = card.x * zoom + sight.x;
  const y = card.y * zoom + sight.y;
  return {
    zoom,
    x: sight.x + outside(x, CARD.width * zoom, ROOM.left, box.width - ROOM.right),
    y: sight.y + outside(y, CARD.height * zoom, ROOM.top, box.height - ROOM.bottom),
  };
}

/** In the middle where there is room; else the focus in the middle, with no empty margin. */
function shift(start: number, length: number, room: number, focus: number, zoom: number): number {
  const spare = room - length * zoom;
  if (spare >= 0) return spare / 2 - start * zoom;
  return Math.min(0, Math.max(spare, room / 2 - (focus - start) * zoom)) - start * zoom;
}

function outside(at: number, length: number, from: number, to: number): number {
  if (at < from) return from - at;
  return at + length > to ? Math.max(to - length, from) - at : 0;
}
