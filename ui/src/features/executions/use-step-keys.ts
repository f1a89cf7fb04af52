/** `j` and `k` walk through the steps, Escape lets go; the same in every view. */
import { ArrowDown, ArrowUp, X } from "lucide-react";
import { type Action, bind } from "../../actions/action";
import { useHands, useShortcuts } from "../../actions/use-actions";
import { useApprovalIsOpen } from "../../actions/use-approval-is-open";

interface Walk {
  ids: readonly string[];
  selected: string | undefined;
  onSelect(id: string | undefined): void;
}

const by = (distance: number) => (walk: Walk) => {
  const at = walk.selected === undefined ? -1 : walk.ids.indexOf(walk.selected);
  const next = at === -1 ? 0 : Math.min(walk.ids.length - 1, Math.max(0, at + distance));
  walk.onSelect(walk.ids[next]);
};

const walks: Action<Walk>[] = [
  {
    id: "step.next",
    label: "action.next",
    icon: ArrowDown,
    shortcut: "j",
    repeats: true,
    enabled: ({ ids }) => ids.length > 0,
    run: by(1),
  },
  {
    id: "step.previous",
    label: "action.previous",
    icon: ArrowUp,
    shortcut: "k",
    repeats: true,
    enabled: ({ ids }) => ids.length > 0,
    run: by(-1),
  },
  {
    id: "step.close",
    label: "step.close",
    icon: X,
    shortcut: "escape",
    enabled: ({ selected }) => selected !== undefined,
    run: ({ onSelect }) => onSelect(undefined),
  },
];

export function useStepKeys(walk: Walk): void {
  const hands = useHands();
  useShortcuts(
    walks.map((action) => bind(action, walk, hands)),
    !useApprovalIsOpen(),
  );
}
