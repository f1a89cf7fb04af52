/** What can be done with a drafted handoff, and with one that waits for others. */
import { FolderPlus, PenLine, Send, Undo2, X } from "lucide-react";
import type { Action, Hands } from "../../actions/action";
import { asProblem } from "../../backend/problem";
import type { DraftView, HandoffView, ThreadView } from "../../backend/views";
import { workOf } from "./inbox-words";

export interface DraftPlace {
  chosen: ThreadView | undefined;
  /** The chosen one has been on the screen long enough, beside the list. */
  shown: boolean;
  handedOver(thread: ThreadView, sent: HandoffView): void;
  takenBack(thread: ThreadView): void;
  /** Asks for the reason of a no. */
  askWhy(): void;
  look(thread: ThreadView): void;
}

/** The composer with the draft in it; where nobody knows which work it is there is nothing to compose, only accounts to look at. */
export function toComposer(draft: DraftView, go: Hands["go"]): void {
  const { id, project_id, to_account_id } = draft;
  go(
    project_id === null
      ? { place: "accounts" }
      : {
          place: "handoff",
          project: project_id,
          draft: id,
          ...(to_account_id === null ? {} : { to: to_account_id }),
        },
  );
}

/** In place what was shown, else it is shown first; where a person must say more, the composer asks. */
export const handOver: Action<DraftPlace> = {
  id: "inbox.hand_over",
  label: "handoff.hand_over",
  icon: Send,
  shortcut: "a",
  enabled: ({ chosen }) =>
    chosen?.draft != null &&
    workOf(chosen.draft) !== undefined &&
    chosen.draft.tokens !== null &&
    chosen.draft.to_account_id !== null,
  run: async ({ chosen, shown, handedOver, look }, hands) => {
    const { backend } = hands;
    const draft = chosen?.draft;
    if (chosen === undefined || draft == null) return;
    if (!shown) return draft.project_id === null ? look(chosen) : toComposer(draft, hands.go);
    try {
      const sent = await backend.transport.call("drafts.hand_over", {
        id: draft.id,
        to_account_id: draft.to_account_id,
      });
      handedOver(chosen, sent);
    } catch (thrown) {
      const { code } = asProblem(thrown);
      if (code === "commit_failed") return refused(chosen, thrown, hands);
      if (code !== "conflict") throw thrown;
      if (draft.project_id !== null) return toComposer(draft, hands.go);
      // The refused call has made the project, and the draft knows it by now.
      toComposer((await backend.transport.call("drafts.show", { id: draft.id })).draft, hands.go);
    }
  },
};

/** What git refused is told where the commit can be left out: in the composer. */
async function refused(chosen: ThreadView, thrown: unknown, { backend, go }: Hands): Promise<never> {
  const id = chosen.draft?.id;
  if (id !== undefined) toComposer((await backend.transport.call("drafts.show", { id })).draft, go);
  throw thrown;
}

export const openComposer: Action<DraftPlace> = {
  id: "inbox.compose",
  label: "action.compose",
  icon: PenLine,
  enabled: ({ chosen }) => chosen?.draft?.project_id != null,
  run: ({ chosen }, { go }) => {
    if (chosen?.draft != null) toComposer(chosen.draft, go);
  },
};

/** Work that belongs to no project becomes one, and is in the composer then. */
export const makeProject: Action<DraftPlace> = {
  ...openComposer,
  id: "inbox.make_project",
  label: "inbox.make_project",
  icon: FolderPlus,
  shortcut: "p",
  enabled: ({ chosen }) => chosen?.draft?.becomes != null,
  run: async ({ chosen }, { backend, go }) => {
    if (chosen?.draft == null) return;
    toComposer(await backend.transport.call("drafts.make_project", { id: chosen.draft.id }), go);
  },
};

export const rejectDraft: Action<DraftPlace> = {
  id: "inbox.reject_draft",
  label: "action.reject",
  icon: X,
  shortcut: "r",
  enabled: ({ chosen }) => chosen?.draft != null,
  run: ({ askWhy }) => askWhy(),
};

export const takeBack: Action<DraftPlace> = {
  id: "inbox.take_back",
  label: "action.take_back",
  icon: Undo2,
  enabled: ({ chosen }) => chosen?.handoff != null,
  run: async ({ chosen, takenBack }, { backend }) => {
    if (chosen?.handoff == null) return;
    await backend.transport.call("handoffs.withdraw", { id: chosen.handoff.id });
    takenBack(chosen);
  },
};
