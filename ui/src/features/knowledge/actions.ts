/** What can be done with the knowledge base. */
import { ArrowDown, ArrowUp, FilePenLine, PencilLine, Plus, Search } from "lucide-react";
import type { Action } from "../../actions/action";
import type { KnowledgeView } from "../../backend/views";

export interface KnowledgePlace {
  items: readonly KnowledgeView[];
  chosen: KnowledgeView | undefined;
  select(id: string | undefined): void;
  find(): void;
  add(): void;
  correct(entry: KnowledgeView): void;
  write(): void;
}

const by = (distance: number) => (place: KnowledgePlace) => {
  const at = place.items.findIndex((item) => item.id === place.chosen?.id);
  const next = at === -1 ? 0 : Math.min(place.items.length - 1, Math.max(0, at + distance));
  place.select(place.items[next]?.id);
};

export const next: Action<KnowledgePlace> = {
  id: "knowledge.next",
  label: "action.next",
  icon: ArrowDown,
  shortcut: "j",
  repeats: true,
  enabled: ({ items }) => items.length > 0,
  run: by(1),
};

export const previous: Action<KnowledgePlace> = {
  ...next,
  id: "knowledge.previous",
  label: "action.previous",
  icon: ArrowUp,
  shortcut: "k",
  run: by(-1),
};

export const find: Action<KnowledgePlace> = {
  id: "knowledge.find",
  label: "knowledge.find",
  icon: Search,
  shortcut: "/",
  enabled: () => true,
  run: ({ find: focus }) => focus(),
};

export const add: Action<KnowledgePlace> = {
  id: "knowledge.add",
  label: "knowledge.add",
  icon: Plus,
  shortcut: "n",
  enabled: () => true,
  run: ({ add: open }) => open(),
};

export const correct: Action<KnowledgePlace> = {
  id: "knowledge.correct",
  label: "knowledge.correct",
  icon: PencilLine,
  shortcut: "c",
  enabled: ({ chosen }) => chosen !== undefined && chosen.superseded_by === null,
  run: ({ chosen, correct: open }) => {
    if (chosen !== undefined) open(chosen);
  },
};

export const write: Action<KnowledgePlace> = {
  id: "knowledge.write",
  label: "knowledge.write",
  icon: FilePenLine,
  shortcut: "w",
  enabled: ({ items }) => items.length > 0,
  run: ({ write: open }) => open(),
};
