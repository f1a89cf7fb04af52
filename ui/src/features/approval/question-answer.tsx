/** The answer to a question of the plan: a press on one of its replies, or a text of one's own. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { bind } from "../../actions/action";
import { useHands, useRun, useShortcuts } from "../../actions/use-actions";
import type { ApprovalView } from "../../backend/views";
import { ActionButton, Button } from "../../components/button";
import { Exact } from "../../components/exact";
import { useNotices } from "../../components/notices";
import { decline, say, type Word } from "./actions";
import { useGuard } from "./approval-answer";
import styles from "./approval-dialog.module.css";

interface QuestionAnswerProps {
  approval: ApprovalView;
  question: NonNullable<ApprovalView["question"]>;
  /** When the question appeared, on the clock of `performance.now`. */
  opened: number;
  onClose(): void;
}

export function QuestionAnswer({ approval, question, opened, onClose }: QuestionAnswerProps) {
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
  useShortcuts(free ? [send] : []);
  return (
    <footer className={styles.word}>
      {question.choices.length > 0 && (
        <ul className={styles.replies} aria-label={t("approval.replies")}>
          {question.choices.map((choice) => (
            <li key={choice}>
              <Button
                tone={free ? "plain" : "go"}
                disabled={guarded}
                onClick={() => (free ? setText(choice) : run(bind(say, word(choice), hands)))}
              >
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
