/**
 * Brings the knowledge base back to a snapshot: first what that would do, told from the comparison
 * with the present, then what it did, and the way to take it back.
 */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CircleCheck, TriangleAlert, Undo2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem, type Problem } from "../../backend/problem";
import { useSnapshotQueries } from "../../backend/snapshot-queries";
import { useBackend } from "../../backend/use-backend";
import type { RestoredView, SnapshotDiff, SnapshotId, SnapshotView } from "../../backend/views";
import { Button } from "../../components/button";
import { Dialog, DialogButtons } from "../../components/dialog";
import { Waiting } from "../../components/place-state";
import { ProblemLine } from "../../components/problem-line";
import styles from "./restore-dialog.module.css";
import { snapshotName } from "./snapshot-name";

export function RestoreDialog({ snapshot, onClose }: { snapshot: SnapshotView; onClose(): void }) {
  const { t } = useTranslation();
  const { transport, queries } = useBackend();
  const { data: diff, error } = useQuery({
    ...useSnapshotQueries().snapshotDiff(snapshot.id, null),
    // What is told here is what will happen.
    staleTime: 0,
  });
  const [done, setDone] = useState<{ restored: RestoredView; isTakenBack: boolean } | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const restore = async (id: SnapshotId, isTakenBack: boolean) => {
    if (busy) return;
    setBusy(true);
    setProblem(null);
    try {
      const restored = await transport.call("snapshots.restore", { id });
      setDone({ restored, isTakenBack });
      await Promise.all(
        ["snapshots.list", "snapshots.diff", "knowledge.list"].map((name) =>
          queries.invalidateQueries({ queryKey: [name] }),
        ),
      );
    } catch (thrown) {
      setProblem(asProblem(thrown));
    } finally {
      setBusy(false);
    }
  };
  const name = snapshotName(snapshot, t);
  const changes = diff === undefined ? 0 : diff.knowledge.filter(isTouched).length;
  return (
    <Dialog title={t("snapshots.restore_title", { name })} onClose={onClose}>
      {done !== null ? (
        <Done restored={done.restored} isTakenBack={done.isTakenBack} />
      ) : diff !== undefined ? (
        <Preview diff={diff} changes={changes} />
      ) : (
        error === null && <Waiting reason={t("snapshots.comparing")} height={24} />
      )}
      <ProblemLine problem={problem ?? (error === null || done !== null ? null : asProblem(error))} />
      <DialogButtons>
        {done !== null && !done.isTakenBack && (
          <Button
            icon={Undo2}
            disabled={busy}
            data-action="snapshots.take_back"
            onClick={() => void restore(done.restored.before, true)}
          >
            {t("action.take_back")}
          </Button>
        )}
        <Button onClick={onClose}>{t("context.close")}</Button>
        {done === null && changes > 0 && (
          <Button
            icon={Undo2}
            tone="go"
            disabled={busy}
            data-action="snapshots.restore_now"
            onClick={() => void restore(snapshot.id, false)}
          >
            {t("snapshots.restore_now")}
          </Button>
        )}
      </DialogButtons>
    </Dialog>
  );
}

type Entry = SnapshotDiff["knowledge"][number];

/** Of what came later, what counts is withdrawn; the rest stands as it does. */
function isTouched({ change, superseded, withdrawn }: Entry): boolean {
  return change !== "added" || (superseded !== true && withdrawn !== true);
}

/** What it would do. Nothing is done yet. */
function Preview({ diff, changes }: { diff: SnapshotDiff; changes: number }) {
  const { t } = useTranslation();
  const gone = diff.knowledge.filter(({ change }) => change === "removed");
  const moved = diff.knowledge.filter(({ change }) => change === "changed");
  const later = diff.knowledge.filter((entry) => entry.change === "added" && isTouched(entry));
  const missing = diff.sessions.filter(({ change, more }) => change === "removed" || (more ?? 0) < 0);
  return (
    <ul className={styles.told}>
      {changes === 0 && <li>{t("snapshots.nothing_to_do")}</li>}
      {gone.length > 0 && (
        <li>
          {t("snapshots.would_add", { count: gone.length })} <Titles of={gone} />
        </li>
      )}
      {moved.length > 0 && (
        <li>
          {t("snapshots.would_change", { count: moved.length })} <Titles of={moved} />
        </li>
      )}
      {later.length > 0 && (
        <li>
          {t("snapshots.would_withdraw", { count: later.length })} <Titles of={later} />
        </li>
      )}
      <li>{t("snapshots.sessions_stay")}</li>
      {missing.length > 0 && <Missing of={missing} />}
      {changes > 0 && <li>{t("snapshots.undo")}</li>}
    </ul>
  );
}

function Done({ restored, isTakenBack }: { restored: RestoredView; isTakenBack: boolean }) {
  const { t } = useTranslation();
  const { added, changed, withdrawn, missing_sessions } = restored;
  return (
    <div role="status">
      <p className={styles.done}>
        <CircleCheck size={16} strokeWidth={1.75} data-tone="well" aria-hidden />
        {t(isTakenBack ? "snapshots.taken_back" : "snapshots.restored")}
      </p>
      <ul className={styles.told}>
        <li>{t("snapshots.came_back", { count: added })}</li>
        <li>{t("snapshots.as_it_was", { count: changed })}</li>
        {withdrawn > 0 && <li>{t("snapshots.did_withdraw", { count: withdrawn })}</li>}
        {missing_sessions.length > 0 && (
          <Missing of={missing_sessions.map(({ id, title }) => ({ id, title: title ?? "" }))} />
        )}
        <li>
          {t("snapshots.before")}{" "}
          <Link to="/context/snapshots" search={(now) => ({ project: now.project, id: restored.before })}>
            <code dir="ltr">{restored.before}</code>
          </Link>
        </li>
      </ul>
    </div>
  );
}

/** Sessions that the snapshot counts on and that are not there any more. */
function Missing({ of }: { of: readonly { id: string; title: string }[] }) {
  const { t } = useTranslation();
  return (
    <li className={styles.missing}>
      <TriangleAlert size={16} strokeWidth={1.75} data-tone="warn" aria-hidden />
      <span>
        {t("snapshots.missing", { count: of.length })} <Titles of={of} />
      </span>
    </li>
  );
}

/** The first few by their titles. */
function Titles({ of }: { of: readonly { id: string; title: string }[] }) {
  const { t } = useTranslation();
  return (
    <span className="quiet">
      {of.slice(0, 3).map(({ id, title }, place) => (
        <span key={id}>
          {place > 0 && ", "}
          <bdi dir="auto">{title === "" ? t("context.no_title") : title}</bdi>
        </span>
      ))}
      {of.length > 3 && ", …"}
    </span>
  );
}
