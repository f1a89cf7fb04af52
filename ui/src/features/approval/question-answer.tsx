/** The answer to a question of the plan: a press on one of its replies, or a text of one's own. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { bind } from "../../actions/action";
import { useHands, useRun, useShortcuts } from "../../actions/use-actions";
import type { ApprovalView } from "../../backend/views";
import { ActionButton, Button } from "../../components/button";
import { Exact } from "../../components/exact";
import { Keys } from "../../components/keys";
import { useNotices } from "../../components/notices";
import { decline, say, type Word } from "./actions";
import { useGuard } from "./approval-answer";
import styles from "./approval-dialog.module.css";

interface QuestionAnswerProps {
  approval: ApprovalView;
  question: NonNullable<ApprovalView["question"]>;
  /** When the question appeared, on the clock of `performance.now`. */
  opened: number;
  /** The keys are its own; beside a list they are not while something lies over it. */
  listening?: boolean;
  onClose(): void;
}

/** Replies beyond these have no key of their own. */
const MOST_KEYS = 9;

export function QuestionAnswer({
  approval,
  question,
  opened,
  listening = true,
  onClose,
}: QuestionAnswerProps) {
  const { t } = useTranslation();
  const hands = useHands();
  const run = useRun();
  const { tell } = useNotices();
  const guarded = useGuard(opened);
  const [text, setText] = useState(question.default ?? "");
  const answered = () => {
    tell(t("approval.answered_word", { summary: approval.summary }));
    onClose();
  };
  const word = (said: string): Word => ({ approval, guarded, text: said, answered });
  const free = question.kind === "text";
  const send = bind(say, word(text), hands);
  const no = bind(decline, word(""), hands);
  // For a text a reply is a beginning; for a choice it is the answer.
  const reply = (choice: string) => (free ? setText(choice) : run(bind(say, word(choice), hands)));
  const replies = question.choices.slice(0, MOST_KEYS).map((choice, at) => ({
    ...bind(say, word(choice), hands),
    id: `approval.reply.${at + 1}`,
    shortcut: String(at + 1),
    run: () => reply(choice),
  }));
  useShortcuts(free ? [send, ...replies] : replies, listening);
  return (
    <footer className={styles.word}>
      {question.choices.length > 0 && (
        <ul className={styles.replies} aria-label={t("approval.replies")}>
          {question.choices.map((choice, at) => (
            <li key={choice}>
              <Button
                disabled={guarded}
                aria-pressed={free ? text === choice : undefined}
                onClick={() => reply(choice)}
              >
                {at < MOST_KEYS && <Keys shortcut={String(at + 1)} />}
                <bdi dir="auto">
                  <Exact text={choice} />
                </bdi>
              </Button>
            </li>
          ))}
        </ul>
      )}
      {free && (
        <label className={styles.reason}>
          <span className="small quiet">{t("approval.your_answer")}</span>
          <textarea
            rows={3}
            maxLength={10_000}
            dir="auto"
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        </label>
      )}
      <div className={styles.foot}>
        <ActionButton action={no} icon={false} />
        <span className="small faint" role="status">
          {guarded ? t("approval.guard") : ""}
        </span>
        {free && (
          <span className={styles.yes}>
            <ActionButton action={send} tone="go" keys icon={false} />
          </span>
        )}
      </div>
    </footer>
  );
}
