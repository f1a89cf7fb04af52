/** Whether anything of a capsule would come in. */
import type { CapsulePreviewView } from "../../backend/views";

export function bringsSomething({ nouns }: CapsulePreviewView): boolean {
  return nouns.some((noun) => noun.new + noun.grown + noun.kept_both > 0);
}
