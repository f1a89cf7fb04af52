/** Freezes the context as it is now, under a name. */
import "../../i18n/late";
import { useQuery } from "@tanstack/react-query";
import { Snowflake } from "lucide-react";
import { type FormEvent, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem, type Problem } from "../../backend/problem";
import { useBackend, useQueries } from "../../backend/use-backend";
import type { SnapshotView } from "../../backend/views";
import { Button } from "../../components/button";
import { Dialog, DialogButtons } from "../../components/dialog";
import look from "../../components/form.module.css";
import { ProblemLine } from "../../components/problem-line";

interface FreezeDialogProps {
  /** Whose sessions are frozen at first; null: all. */
  project: string | null;
  onClose(): void;
  onFrozen(made: SnapshotView): void;
}

export function FreezeDialog({ project, onClose, onFrozen }: FreezeDialogProps) {
  const { t } = useTranslation();
  const { transport, queries } = useBackend();
  const projects = useQuery(useQueries().projects()).data?.items ?? [];
  const [name, setName] = useState("");
  const [scope, setScope] = useState(project ?? "");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const ids = { name: useId(), scope: useId() };
  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setProblem(null);
    try {
      const made = await transport.call("snapshots.create", {
        name: name.trim(),
        project_id: scope === "" ? null : scope,
      });
      await queries.invalidateQueries({ queryKey: ["snapshots.list"] });
      onClose();
      onFrozen(made);
    } catch (thrown) {
      setProblem(asProblem(thrown));
      setBusy(false);
    }
  };
  return (
    <Dialog title={t("snapshots.freeze_title")} onClose={onClose}>
      <form className={look.form} onSubmit={(event) => void send(event)}>
        <p className="quiet">{t("snapshots.text")}</p>
        <div className={look.field}>
          <label htmlFor={ids.name}>{t("context.name")}</label>
          <input
            id={ids.name}
            dir="auto"
            autoComplete="off"
            maxLength={200}
            data-autofocus
            placeholder={t("snapshots.name_hint")}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </div>
        <div className={look.field}>
          <label htmlFor={ids.scope}>{t("context.sessions")}</label>
          <select id={ids.scope} dir="auto" value={scope} onChange={(event) => setScope(event.target.value)}>
            <option value="">{t("snapshots.everything")}</option>
            {project !== null && !projects.some(({ id }) => id === project) && (
              <option value={project}>{project}</option>
            )}
            {projects.map((each) => (
              <option key={each.id} value={each.id}>
                {each.name}
              </option>
            ))}
          </select>
        </div>
        <ProblemLine problem={problem} />
        <DialogButtons>
          <Button onClick={onClose}>{t("context.close")}</Button>
          <Button icon={Snowflake} tone="go" type="submit" disabled={busy} data-action="snapshots.freeze_now">
            {t(busy ? "snapshots.freezing" : "snapshots.freeze")}
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}
