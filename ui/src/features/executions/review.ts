/** Opens the question that a step asks. */
import { Hand } from "lucide-react";
import type { Action } from "../../actions/action";

/** The subject is the id of the approval. */
export const review: Action<string> = {
  id: "execution.review",
  label: "action.review",
  icon: Hand,
  shortcut: "v",
  enabled: () => true,
  run: (approval, { go }) => go({ place: "approval", id: approval }),
};
