/**
 * Takes files that are dropped anywhere in the window, or chosen, and imports them one by one.
 *
 * Without it the web view would open what is dropped, and the application would be gone: so nothing
 * that is dropped is left to the view, but for text into a field that can be written in.
 */
import { useRouter } from "@tanstack/react-router";
import { type ReactNode, Suspense, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { type Dropped, ImportContext, type Taker } from "../../actions/import";
import { asProblem } from "../../backend/problem";
import { useBackend } from "../../backend/use-backend";
import type { ImportView, SessionView } from "../../backend/views";
import { part } from "../../components/part";
import { baseName } from "../../lib/base-name";
import { listenToDrops } from "./drops";

const ImportLayer = part(() => import("./import-layer").then((file) => file.ImportLayer));

/** What came of one file. */
export type Outcome = { number: number; name: string } & (
  | { report: ImportView; project: string | null }
  | { trouble: string }
);

/** The file that is on its way. */
export type OnItsWay = { name: string; share: number };

export function ImportProvider({ children }: { children: ReactNode }) {
  const { transport, queries } = useBackend();
  const projectHere = useProjectHere();
  const [over, setOver] = useState(false);
  const [now, setNow] = useState<OnItsWay | null>(null);
  const [outcomes, setOutcomes] = useState<readonly Outcome[]>([]);
  const waiting = useRef<{ file: Dropped; project: string | null }[]>([]);
  const taker = useRef<Taker | null>(null);
  const works = useRef(false);
  const take = useCallback(
    async (files: readonly Dropped[], project: string | null) => {
      waiting.current.push(...files.map((file) => ({ file, project })));
      // What comes while others are on their way waits for its turn.
      if (works.current || waiting.current.length === 0) return;
      works.current = true;
      setOutcomes([]);
      for (let number = 0; ; number += 1) {
        const next = waiting.current.shift();
        if (next === undefined) break;
        const { file } = next;
        const name = typeof file === "string" ? baseName(file) : file.name;
        const tell = (share: number) => setNow({ name, share });
        tell(0);
        const bring = async () => {
          // What lies on this machine the core reads itself.
          if (typeof file === "string") {
            const report = await transport.call("imports.path", { path: file, project_id: next.project });
            return namedFrom(file, name, report);
          }
          const { upload } = await import("../../backend/upload");
          return upload(transport, file, next.project, tell);
        };
        const outcome = await bring().then(
          (report) => ({ number, name, report, project: next.project }),
          (thrown: unknown) => ({ number, name, trouble: asProblem(thrown).said }),
        );
        setOutcomes((before) => [...before, outcome]);
      }
      works.current = false;
      setNow(null);
      for (const key of ["projects.list", "projects.show", "sessions.list", "sessions.show"]) {
        await queries.invalidateQueries({ queryKey: [key] });
      }
    },
    [transport, queries],
  );
  useEffect(
    () =>
      listenToDrops({
        onOver: setOver,
        onFiles: (files) => void take(files, projectHere()),
        systemTells: transport.drops !== undefined,
      }),
    [transport, take, projectHere],
  );
  useEffect(() => {
    const onPaths = (paths: readonly string[]) => {
      if (taker.current?.(paths) !== true) void take(paths, projectHere());
    };
    return transport.drops?.({ onOver: setOver, onPaths });
  }, [transport, take, projectHere]);
  const busy = now !== null;
  const shared = useMemo(
    () => ({
      take: (files: readonly Dropped[], project: string | null) => void take(files, project),
      claim: (next: Taker) => {
        taker.current = next;
        return () => {
          if (taker.current === next) taker.current = null;
        };
      },
      busy,
    }),
    [take, busy],
  );
  return (
    <ImportContext value={shared}>
      {children}
      {(over || busy || outcomes.length > 0) && (
        <Suspense fallback={null}>
          <ImportLayer over={over} now={now} outcomes={outcomes} onClose={() => setOutcomes([])} />
        </Suspense>
      )}
    </ImportContext>
  );
}

/** What was left out is named from what was dropped on: where that lies the person knows. */
function namedFrom(file: string, name: string, report: ImportView): ImportView {
  const short = (path: string) => (path.startsWith(file) ? name + path.slice(file.length) : path);
  return { ...report, skipped: report.skipped.map((left) => ({ ...left, path: short(left.path) })) };
}

/** Reads whose page is shown: a project's own, its handoff's, or that of one of its sessions. */
function useProjectHere(): () => string | null {
  const router = useRouter();
  const { queries } = useBackend();
  return useCallback(() => {
    const match = router.state.matches.at(-1);
    switch (match?.routeId) {
      case "/context/$id":
      case "/context/$id/handoff":
        return match.params.id;
      case "/context/sessions/$id":
        return queries.getQueryData<SessionView>(["sessions.show", match.params.id])?.project_id ?? null;
      default:
        return null;
    }
  }, [router, queries]);
}
