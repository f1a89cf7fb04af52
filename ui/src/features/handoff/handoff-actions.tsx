/** Where the briefing goes: the clipboard, a file, the block of an instruction file, the queue. */
import { useQuery } from "@tanstack/react-query";
import { Copy, Download, Send } from "lucide-react";
import { useTranslation } from "react-i18next";
import { type Action, bind } from "../../actions/action";
import { useHands, useShortcuts } from "../../actions/use-actions";
import { useApprovalIsOpen } from "../../actions/use-approval-is-open";
import { asProblem } from "../../backend/problem";
import { useQueries } from "../../backend/use-backend";
import type { DraftId, HandoffPlan, HandoffView, MadeBriefing, ProjectView } from "../../backend/views";
import { ActionButton } from "../../components/button";
import { copyText } from "../../components/copy-button";
import { useNotices } from "../../components/notices";
import { type Choice, sendingOf } from "./choice";
import styles from "./handoff-screen.module.css";
import { notCommitted } from "./not-committed";
import { partsSaid } from "./part-lines";
import { SaveAs } from "./save-as";

interface Subject {
  project: ProjectView;
  made: MadeBriefing;
  to: string | undefined;
  goal: string | undefined;
  draft: DraftId | undefined;
  choice: Choice;
  wanted: readonly string[];
  plan: HandoffPlan | undefined;
  /** What a model answered, where its lines are in the briefing. */
  answer: string | null;
  tell(text: string): void;
  said: {
    copied: string;
    saved(path: string): string;
    sent(parts: HandoffView["parts"]): string;
    not_committed(why: string): string;
  };
}

const copy: Action<Subject> = {
  id: "handoff.copy",
  label: "action.copy",
  icon: Copy,
  shortcut: "shift+c",
  enabled: () => true,
  run: async ({ made, tell, said }) => {
    await copyText(made.text);
    tell(said.copied);
  },
};

/** The block between its marks in the folder's `AGENTS.md`; the rest of the file stays. */
const save: Action<Subject> = {
  id: "handoff.save",
  label: "handoff.save",
  icon: Download,
  shortcut: "mod+s",
  enabled: ({ project }) => project.folder !== null,
  run: async ({ project, made, goal, answer, wanted, tell, said }, { backend }) => {
    const saved = await backend.transport.call("briefings.save", {
      project_id: project.id,
      budget: made.budget,
      goal: goal ?? null,
      answer,
      wanted: [...wanted],
      path: `${project.folder}/AGENTS.md`,
    });
    tell(said.saved(saved.path));
  },
};

const send: Action<Subject> = {
  id: "handoff.send",
  label: "handoff.send",
  icon: Send,
  shortcut: "mod+enter",
  enabled: () => true,
  run: async (subject, { backend, go }) => {
    const { project, made, to, goal, answer, draft, choice, wanted, plan, tell, said } = subject;
    const input = {
      project_id: project.id,
      budget: made.budget,
      goal: goal ?? null,
      answer,
      wanted: [...wanted],
      to_account_id: to ?? null,
      draft_id: draft ?? null,
      ...sendingOf(plan, choice),
    };
    const sent = await backend.transport.call("handoffs.send", input).catch((thrown: unknown) => {
      throw notCommitted(asProblem(thrown), said.not_committed);
    });
    tell(said.sent(sent.parts));
    go({ place: "handoffs", id: sent.id });
  },
};

interface HandoffActionsProps {
  project: ProjectView;
  made: MadeBriefing;
  to: string | undefined;
  goal: string | undefined;
  draft: DraftId | undefined;
  choice: Choice;
  /** Lost facts that a person put back. */
  wanted: readonly string[];
  answer: string | null;
}

export function HandoffActions(props: HandoffActionsProps) {
  const { project, made, to, goal, draft, choice, wanted, answer } = props;
  const { t } = useTranslation();
  const hands = useHands();
  const { tell } = useNotices();
  const queries = useQueries();
  const { data } = useQuery(queries.choice("handoff", project.name));
  const receiver = to ?? data?.first ?? undefined;
  const { data: plan } = useQuery(queries.handoffPlan(project.id, receiver));
  const subject: Subject = {
    project,
    made,
    to: receiver,
    goal,
    draft,
    choice,
    wanted,
    plan,
    answer,
    tell,
    said: {
      copied: t("action.copied"),
      saved: (path) => t("handoff.saved", { path }),
      sent: (parts) => partsSaid(parts, t),
      not_committed: (why) => t("handoff.not_committed", { why }),
    },
  };
  const name = data?.ranked.find(({ id }) => id === receiver)?.name;
  const bound = [copy, save, send].map((action) => bind(action, subject, hands));
  useShortcuts(bound, !useApprovalIsOpen());
  const [copied, saved, sent] = bound.map((action) => (
    <ActionButton
      key={action.id}
      action={action}
      keys
      tone={action.id === send.id ? "go" : "plain"}
      {...(action.id === send.id && name !== undefined ? { word: t("handoff.send_to", { name }) } : {})}
    />
  ));
  return (
    <div className={styles.actions}>
      {copied}
      {saved}
      <SaveAs project={project} made={made} goal={goal} wanted={wanted} answer={answer} />
      {sent}
    </div>
  );
}
