/** Actions inside React: the hands, the keys, and one way to run with what goes wrong shown. */
import { useNavigate, useRouter } from "@tanstack/react-router";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "../backend/problem";
import { useBackend } from "../backend/use-backend";
import { useNotices } from "../components/notices";

import type { Language } from "../i18n/i18n";
import type { BoundAction, Hands, Target } from "./action";
import { useBar } from "./bar";
import { leadBefore, startLead } from "./lead";
import { offer } from "./offers";
import { isWriting, matches, ownsEnter, sequence } from "./shortcut";

/** What actions may touch from here. */
export function useHands(): Hands {
  const backend = useBackend();
  const navigate = useNavigate();
  const router = useRouter();
  const { i18n } = useTranslation();
  const bar = useBar();
  const language = i18n.language as Language;
  return useMemo(() => {
    const go = (target: Target) => {
      if (target.place === "back") return router.history.back();
      void navigate(addressOf(target));
    };
    return { backend, go, openBar: bar.open, language };
  }, [backend, navigate, router, bar, language]);
}

/** Runs an action; a problem becomes a notice with "copy details". */
export function useRun(): (action: BoundAction) => void {
  const { tellProblem } = useNotices();
  return useCallback(
    (action) => {
      if (!action.enabled) return;
      const failed = (thrown: unknown) => tellProblem(asProblem(thrown));
      // Called at once and not in a later turn, so that the next key finds what this one changed.
      try {
        Promise.resolve(action.run()).catch(failed);
      } catch (thrown) {
        failed(thrown);
      }
    },
    [tellProblem],
  );
}

/** Gives these actions their keys, and their rows in the command bar, while `listening`. */
export function useShortcuts(actions: readonly BoundAction[], listening = true): void {
  const run = useRun();
  const latest = useRef({ actions, run });
  useLayoutEffect(() => {
    latest.current = { actions, run };
  });
  useEffect(() => {
    if (!listening) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return;
      const { actions: current, run: runNow } = latest.current;
      const action = meantBy(event, current);
      if (action === undefined || !action.enabled || (event.repeat && !action.repeats)) return;
      const plain = !action.shortcut?.startsWith("mod+");
      if (plain && (isWriting(event.target) || (event.key === "Enter" && ownsEnter(event.target)))) return;
      event.preventDefault();
      runNow(action);
    };
    const withdraw = offer(latest);
    window.addEventListener("keydown", onKey);
    return () => {
      window.removeEventListener("keydown", onKey);
      withdraw();
    };
  }, [listening]);
}

/** The action that this key means, also as the second of two. */
function meantBy(event: KeyboardEvent, actions: readonly BoundAction[]): BoundAction | undefined {
  const led = isWriting(event.target) ? null : leadBefore(event);
  return actions.find(({ shortcut }) => {
    if (shortcut === undefined) return false;
    const two = sequence(shortcut);
    if (two === null) return led === null && matches(event, shortcut);
    if (led !== null) return led === two.lead && matches(event, two.key);
    if (!isWriting(event.target) && matches(event, two.lead)) startLead(event, two.lead);
    return false;
  });
}

function addressOf(target: Exclude<Target, { place: "back" }>) {
  switch (target.place) {
    case "overview":
      return { to: "/overview" } as const;
    case "insights":
      return { to: "/insights" } as const;
    case "executions":
      return { to: "/executions" } as const;
    case "execution":
      return { to: "/executions/$id", params: { id: target.id } } as const;
    case "inbox":
      return {
        to: "/inbox",
        search: {
          approval: target.approval,
          selected: target.selected,
          look: target.selected === undefined ? undefined : (true as const),
        },
      } as const;
    case "handoffs":
      return { to: "/context/handoffs", search: { id: target.id } } as const;
    case "handoff":
      return {
        to: "/context/$id/handoff",
        params: { id: target.project },
        search: { draft: target.draft, to: target.to },
      } as const;
    case "knowledge":
      return { to: "/knowledge", search: { selected: target.id } } as const;
    case "snapshots":
      return { to: "/context/snapshots", search: {} } as const;
    case "search":
      return { to: "/context/search", search: {} } as const;
    case "accounts":
      return { to: "/accounts" } as const;
    case "settings":
      return { to: "/settings" } as const;
    case "data":
      return { to: "/settings/data", search: {} } as const;
    case "context":
      return { to: "/context" } as const;
    case "project":
      return { to: "/context/$id", params: { id: target.id } } as const;
    case "approval":
      return { to: ".", search: (now: object) => ({ ...now, approval: target.id }) } as const;
  }
}
