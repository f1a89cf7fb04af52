/** The briefing as a file of its own, in each of the forms that it is written in. */
import "../../i18n/late";
import { Menu } from "@mantine/core";
import {
  Braces,
  ChevronDown,
  FileDown,
  FileText,
  type LucideIcon,
  MessageSquareCode,
  SquareCode,
} from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Action, bind } from "../../actions/action";
import { useHands, useRun, useShortcuts } from "../../actions/use-actions";
import { useApprovalIsOpen } from "../../actions/use-approval-is-open";
import { useBackend } from "../../backend/use-backend";
import type { Form, MadeBriefing, ProjectView } from "../../backend/views";
import { Button } from "../../components/button";
import { useNotices } from "../../components/notices";
import { giveFile } from "../../lib/give-file";
import styles from "./save-as.module.css";
import { SaveAt } from "./save-at";

export interface Briefed {
  project: ProjectView;
  made: MadeBriefing;
  goal: string | undefined;
  /** Lost facts that a person put back. */
  wanted: readonly string[];
  /** What a model answered, where its lines are in the briefing. */
  answer: string | null;
}

interface Subject extends Briefed {
  /** A window has no place where a browser would put what is downloaded: it asks for one. */
  ask(form: Form): void;
  tell(name: string): void;
}

/** The end of the file's name and its type, for those who open it. */
const ends: Record<Form, { end: string; type: string }> = {
  markdown: { end: ".md", type: "text/markdown" },
  "agents-md": { end: ".AGENTS.md", type: "text/markdown" },
  messages: { end: ".messages.json", type: "application/json" },
  json: { end: ".json", type: "application/json" },
};

export const fileName = ({ name }: ProjectView, form: Form) =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: no system has them in the name of a file.
  `${name.replace(/[\\/:*?"<>|\u0000-\u001f]+/g, "-").slice(0, 80)} briefing${ends[form].end}`;

const saveAs = (form: Form, label: Action<Subject>["label"], icon: LucideIcon): Action<Subject> => ({
  id: `handoff.save_${form}`,
  label,
  icon,
  enabled: () => true,
  run: async ({ project, made, goal, wanted, answer, ask, tell }, { backend: { transport } }) => {
    if (transport.kind === "window") return ask(form);
    // What is on the screen is the Markdown; other forms are made within the same budget.
    const { text } =
      form === "markdown"
        ? made
        : await transport.call("briefings.make", {
            project_id: project.id,
            budget: made.budget,
            goal: goal ?? null,
            wanted: [...wanted],
            answer,
            form,
          });
    const name = fileName(project, form);
    giveFile(name, new Blob([text], { type: ends[form].type }));
    tell(name);
  },
});

const actions = [
  saveAs("markdown", "save_as.markdown", FileText),
  saveAs("messages", "save_as.messages", MessageSquareCode),
  saveAs("json", "save_as.json", Braces),
  saveAs("agents-md", "save_as.agents_md", SquareCode),
] as const;

export function SaveAs(props: Briefed) {
  const { t } = useTranslation();
  const { transport } = useBackend();
  const { tell } = useNotices();
  const hands = useHands();
  const run = useRun();
  const [asked, setAsked] = useState<Form | null>(null);
  const subject: Subject = { ...props, ask: setAsked, tell: (name) => tell(t("save_as.saved", { name })) };
  const bound = actions.map((action) => bind(action, subject, hands));
  useShortcuts(bound, !useApprovalIsOpen());
  return (
    <>
      <Menu
        position="bottom-end"
        offset={4}
        hideDetached={false}
        withInitialFocusPlaceholder={false}
        transitionProps={{ duration: 0 }}
        classNames={{ dropdown: styles.dropdown ?? "", item: styles.item ?? "" }}
      >
        <Menu.Target>
          <Button icon={FileDown} data-action="handoff.save_as">
            {t("save_as.title")}
            <ChevronDown size={14} strokeWidth={1.75} aria-hidden />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {bound.map((action) => (
            <Menu.Item
              key={action.id}
              data-action={action.id}
              leftSection={<action.icon size={16} strokeWidth={1.75} aria-hidden />}
              onClick={() => run(action)}
            >
              {t(action.label)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {asked !== null && transport.kind === "window" && (
        <SaveAt {...props} form={asked} onClose={() => setAsked(null)} />
      )}
    </>
  );
}
