/** The keys that answer or order the chosen thread, for the quiet row under the list. */
import type { TFunction } from "i18next";
import type { ThreadView } from "../../backend/views";

interface Hint {
  shortcuts: string[];
  word: string;
}

export function hintsFor(chosen: ThreadView | undefined, t: TFunction): Hint[] {
  return [
    ...answers(chosen, t),
    ...(chosen !== undefined && !chosen.needs_answer
      ? [{ shortcuts: ["e"], word: t("inbox.key_done") }]
      : []),
    { shortcuts: ["h"], word: t("inbox.key_snooze") },
  ];
}

function answers(chosen: ThreadView | undefined, t: TFunction): Hint[] {
  switch (chosen?.kind) {
    case undefined:
      return [];
    case "question": {
      const keys = chosen.approval?.question?.choices.slice(0, 9).map((_, at) => String(at + 1)) ?? [];
      return keys.length === 0 ? [] : [{ shortcuts: keys, word: t("inbox.reply") }];
    }
    case "failed_step":
      return [
        { shortcuts: ["a"], word: t("action.try_again") },
        { shortcuts: ["s"], word: t("action.skip") },
        { shortcuts: ["r"], word: t("inbox.give_up") },
      ];
    case "stopped":
      return [{ shortcuts: ["a"], word: t("action.allow_more") }];
    case "ran_out":
      return [
        ...(chosen.draft?.to_account_id != null && chosen.draft.tokens !== null
          ? [{ shortcuts: ["a"], word: t("handoff.hand_over") }]
          : []),
        ...(chosen.draft?.becomes != null ? [{ shortcuts: ["p"], word: t("inbox.make_project") }] : []),
        { shortcuts: ["r"], word: t("action.reject") },
      ];
    case "handoff":
      return [];
    case "failed":
      return [{ shortcuts: ["shift+r"], word: t("action.rerun") }];
    default:
      return [
        { shortcuts: ["a"], word: t("action.approve") },
        { shortcuts: ["r"], word: t("action.reject") },
      ];
  }
}
