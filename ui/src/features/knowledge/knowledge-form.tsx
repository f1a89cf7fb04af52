/** A new entry, or a correction in place of one. What was there stays readable. */
import { type FormEvent, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem, type Problem } from "../../backend/problem";
import { useBackend } from "../../backend/use-backend";
import type { KnowledgeView } from "../../backend/views";
import { Button } from "../../components/button";
import { categoryOf, categoryWord, USUAL_CATEGORIES } from "../../components/category";
import { Dialog, DialogButtons } from "../../components/dialog";
import { Keys } from "../../components/keys";
import { useNotices } from "../../components/notices";
import { ProblemLine } from "../../components/problem-line";
import styles from "./knowledge-screen.module.css";

interface KnowledgeFormProps {
  /** Present for a correction. */
  entry?: KnowledgeView;
  onClose(): void;
  onKept(id: string): void;
}

export function KnowledgeForm({ entry, onClose, onKept }: KnowledgeFormProps) {
  const { t } = useTranslation();
  const { transport } = useBackend();
  const { tell } = useNotices();
  const id = useId();
  const [title, setTitle] = useState(entry?.title ?? "");
  const [text, setText] = useState(entry?.text ?? "");
  const [category, setCategory] = useState(categoryWord(entry?.category ?? "practice", t));
  const [sources, setSources] = useState(entry?.sources.join("\n") ?? "");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setProblem(null);
    const lines = sources.split("\n").map((line) => line.trim());
    const fields = {
      title,
      text,
      category: categoryOf(category, t),
      sources: lines.filter((line) => line !== ""),
    };
    try {
      const kept =
        entry === undefined
          ? await transport.call("knowledge.add", fields)
          : await transport.call("knowledge.supersede", { id: entry.id, ...fields });
      const secrets = Object.values(kept.redactions ?? {}).reduce((sum, times) => sum + times, 0);
      if (secrets > 0) tell(t("context.secrets_count", { count: secrets }));
      onKept(kept.id);
      onClose();
    } catch (thrown) {
      setProblem(asProblem(thrown));
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={t(entry === undefined ? "knowledge.add" : "knowledge.correct")}
      size={560}
      onClose={onClose}
    >
      {entry !== undefined && <p className="quiet">{t("knowledge.correct_text")}</p>}
      <form
        className={styles.form}
        onSubmit={(event) => void send(event)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.currentTarget.requestSubmit();
        }}
      >
        <label>
          {t("knowledge.title")}
          <input
            data-autofocus
            required
            dir="auto"
            maxLength={300}
            value={title}
            onChange={(event) => setTitle(event.currentTarget.value)}
          />
        </label>
        <label>
          {t("knowledge.text")}
          <textarea
            required
            rows={6}
            dir="auto"
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        </label>
        <label>
          {t("knowledge.category")}
          <input
            required
            dir="auto"
            list={`${id}-usual`}
            value={category}
            onChange={(event) => setCategory(event.currentTarget.value)}
          />
          <datalist id={`${id}-usual`}>
            {USUAL_CATEGORIES.map((each) => (
              <option key={each} value={categoryWord(each, t)} />
            ))}
          </datalist>
        </label>
        <label>
          <span>
            {t("bar.sources")} <span className="faint">{t("plan.optional")}</span>
          </span>
          <textarea
            rows={2}
            dir="ltr"
            className="mono"
            spellCheck={false}
            placeholder={t("knowledge.sources_hint")}
            value={sources}
            onChange={(event) => setSources(event.currentTarget.value)}
          />
        </label>
        <ProblemLine problem={problem} />
        <DialogButtons>
          <Button onClick={onClose}>{t("action.close")}</Button>
          <Button type="submit" tone="go" disabled={busy} data-action="knowledge.keep">
            {t("knowledge.keep")}
            <Keys shortcut="mod+enter" />
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}
