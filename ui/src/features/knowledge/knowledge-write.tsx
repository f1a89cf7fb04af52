/** What was learned, put between its marks in a file that other tools read. */
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem, type Problem } from "../../backend/problem";
import { useBackend } from "../../backend/use-backend";
import { Button } from "../../components/button";
import { categoryWord } from "../../components/category";
import { Dialog, DialogButtons } from "../../components/dialog";
import { useNotices } from "../../components/notices";
import { ProblemLine } from "../../components/problem-line";
import styles from "./knowledge-screen.module.css";

export function KnowledgeWrite({ category, onClose }: { category: string | undefined; onClose(): void }) {
  const { t } = useTranslation();
  const { transport } = useBackend();
  const { tell } = useNotices();
  const [path, setPath] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const send = async (event: FormEvent) => {
    event.preventDefault();
    setProblem(null);
    try {
      const written = await transport.call("knowledge.write", { path, category: category ?? null });
      const said = written.changed ? "knowledge.written" : "knowledge.as_it_was";
      tell(t(said, { count: written.entries, path: written.path }));
      onClose();
    } catch (thrown) {
      setProblem(asProblem(thrown));
    }
  };
  return (
    <Dialog title={t("knowledge.write")} size={520} onClose={onClose}>
      <p className="quiet">
        {category === undefined
          ? t("knowledge.write_text")
          : t("knowledge.write_category", { category: categoryWord(category, t) })}
      </p>
      <form className={styles.form} onSubmit={(event) => void send(event)}>
        <label>
          {t("knowledge.file")}
          <input
            data-autofocus
            required
            dir="ltr"
            className="mono"
            spellCheck={false}
            autoComplete="off"
            placeholder="~/code/project/AGENTS.md"
            value={path}
            onChange={(event) => setPath(event.currentTarget.value)}
          />
        </label>
        <ProblemLine problem={problem} />
        <DialogButtons>
          <Button onClick={onClose}>{t("action.close")}</Button>
          <Button type="submit" tone="go" data-action="knowledge.write_now">
            {t("knowledge.write_now")}
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}
