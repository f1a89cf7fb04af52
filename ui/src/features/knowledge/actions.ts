/** What can be done with the knowledge base. */
import { FilePenLine, PencilLine, Plus, Search } from "lucide-react";
import type { Action } from "../../actions/action";
import { cursorMoves } from "../../actions/cursor";
import type { KnowledgeView } from "../../backend/views";

export interface KnowledgePlace {
  items: readonly KnowledgeView[];
  chosen: KnowledgeView | undefined;
  find(): void;
  add(): void;
  correct(entry: KnowledgeView): void;
  write(): void;
}

export const moves = cursorMoves("knowledge");

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
