/** What can be done with a handoff of the queue: in its row, and where it is shown whole. */
import { ArrowRightLeft, Check, Copy, Undo2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { type Action, bind } from "../../actions/action";
import { useHands } from "../../actions/use-actions";
import type { HandoffView } from "../../backend/views";
import { ActionButton, ButtonLink } from "../../components/button";
import { copyText } from "../../components/copy-button";

/** The account gets the briefing, on the clipboard, and the entry is its own. */
const claim: Action<HandoffView> = {
  id: "handoffs.claim",
  label: "handoff.claim",
  icon: Copy,
  enabled: ({ state }) => state === "pending",
  run: async ({ id }, { backend }) => {
    const claimed = await backend.transport.call("handoffs.claim", { id, account_id: null });
    await copyText(claimed.briefing.text);
  },
};

const done: Action<HandoffView> = {
  id: "handoffs.done",
  label: "handoff.done",
  icon: Check,
  enabled: ({ state }) => state === "claimed",
  run: async ({ id }, { backend }) => {
    await backend.transport.call("handoffs.done", { id, note: null });
  },
};

/** Out of the queue and out of the file; a commit stays. */
const takeBack: Action<HandoffView> = {
  id: "handoffs.withdraw",
  label: "action.take_back",
  icon: Undo2,
  enabled: ({ state }) => state === "pending",
  run: async ({ id }, { backend }) => {
    await backend.transport.call("handoffs.withdraw", { id });
  },
};

export function HandoffAnswers({ handoff }: { handoff: HandoffView }) {
  const { t } = useTranslation();
  const hands = useHands();
  return (
    <>
      {handoff.state === "not_sent" && handoff.project_id !== null && (
        <ButtonLink to="/context/$id/handoff" params={{ id: handoff.project_id }} icon={ArrowRightLeft} small>
          {t("handoff.hand_over")}
        </ButtonLink>
      )}
      {[claim, done, takeBack]
        .map((action) => bind(action, handoff, hands))
        .filter(({ enabled }) => enabled)
        .map((action) => (
          <ActionButton
            key={action.id}
            action={action}
            small
            tone={action.id === takeBack.id ? "plain" : "accent"}
          />
        ))}
    </>
  );
}
