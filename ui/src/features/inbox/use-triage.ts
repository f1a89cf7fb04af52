/** What is picked, whether the moments are being offered, and what is said after a mark. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Backend } from "../../backend/backend";
import { asProblem } from "../../backend/problem";
import type { ThreadView } from "../../backend/views";
import { clock } from "../../components/moment";
import { useNotices } from "../../components/notices";
import { snoozeUntil, type Triage } from "./triage";

export function useTriage(
  items: readonly ThreadView[],
  chosen: ThreadView | undefined,
  onMarked: (threads: readonly ThreadView[]) => void,
) {
  const { t, i18n } = useTranslation();
  const { tell, tellProblem } = useNotices();
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  const [asking, setAsking] = useState(false);
  // What has left the list is picked no more.
  const some = items.filter(({ id }) => ids.has(id));
  const targets = some.length > 0 ? some : chosen === undefined ? [] : [chosen];
  const place: Triage = {
    targets,
    chosen,
    picked: some.length,
    pick: ({ id }) => setIds((before) => toggled(before, id)),
    clear: () => setIds(new Set()),
    askWhen: () => setAsking(true),
    marked: (threads, what) => {
      const count = threads.length;
      const left = targets.length - count;
      if ("until" in what) {
        tell(t("inbox.was_snoozed", { count, when: clock(what.until, i18n.language) }));
      } else if ("woken" in what) {
        tell(t("inbox.was_woken", { count }));
      } else {
        tell(
          [t("inbox.was_done", { count }), left > 0 && t("inbox.need_answer", { count: left })]
            .filter(Boolean)
            .join(" "),
        );
      }
      setIds(new Set());
      onMarked(threads);
    },
  };
  return {
    place,
    picked: new Set(some.map(({ id }) => id as string)) as ReadonlySet<string>,
    asking: asking && targets.length > 0,
    stopAsking: () => setAsking(false),
    snooze: async (at: number, backend: Backend) => {
      setAsking(false);
      try {
        await snoozeUntil(targets, at, backend);
        place.marked(targets, { until: at });
      } catch (thrown) {
        tellProblem(asProblem(thrown));
      }
    },
  };
}

function toggled(before: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const after = new Set(before);
  if (!after.delete(id)) after.add(id);
  return after;
}
