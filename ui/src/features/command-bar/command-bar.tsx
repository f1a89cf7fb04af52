/** One field for everything: plain words find, `>` does, a sentence asks for a plan. Nothing runs from here. */
import { Modal } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Search } from "lucide-react";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useQueries } from "../../backend/use-backend";
import type { KnowledgeView, PlaybookSummary } from "../../backend/views";
import { Keys } from "../../components/keys";
import { BarAsk } from "./bar-ask";
import { BarEntry } from "./bar-entry";
import { BarInputs } from "./bar-inputs";
import { BarList } from "./bar-list";
import styles from "./command-bar.module.css";
import { type BarRow, inGroups } from "./rows";
import { useRows } from "./use-rows";

interface CommandBarProps {
  /** What stands in the field when it opens. */
  text: string;
  open: boolean;
  onClose(): void;
}

export function CommandBar({ text, open, onClose }: CommandBarProps) {
  const { t } = useTranslation();
  return (
    <Modal.Root
      opened={open}
      onClose={onClose}
      closeOnEscape={false}
      size={680}
      yOffset="10dvh"
      classNames={{ content: styles.dialog ?? "", inner: styles.inner ?? "", overlay: styles.scrim ?? "" }}
    >
      <Modal.Overlay />
      <Modal.Content radius={12} shadow="none">
        <Modal.Title className="unseen">{t("bar.ask")}</Modal.Title>
        <Inside text={text} onClose={onClose} />
      </Modal.Content>
    </Modal.Root>
  );
}

type Stage =
  | { kind: "find" }
  | { kind: "ask"; sentence: string }
  | { kind: "playbook"; playbook: PlaybookSummary }
  | { kind: "knowledge"; entry: KnowledgeView };

function Inside({ text: first, onClose }: { text: string; onClose(): void }) {
  const [text, setText] = useState(first);
  const [stage, setStage] = useState<Stage>({ kind: "find" });
  const { data: playbooks } = useQuery(useQueries().playbooks());
  const back = () => setStage({ kind: "find" });
  const choose = (name: string) => {
    const playbook = playbooks?.items.find((each) => each.name === name);
    if (playbook !== undefined) setStage({ kind: "playbook", playbook });
  };
  // Escape steps back one stage at a time.
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || event.nativeEvent.isComposing) return;
    event.preventDefault();
    event.stopPropagation();
    if (stage.kind === "find") onClose();
    else back();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape is heard wherever the focus is inside.
    <div onKeyDown={onKeyDown} className={styles.inside}>
      {stage.kind === "find" && (
        <Finder
          text={text}
          onText={setText}
          onClose={onClose}
          onAsk={(sentence) => setStage({ kind: "ask", sentence })}
          onPlaybook={(playbook) => setStage({ kind: "playbook", playbook })}
          onKnowledge={(entry) => setStage({ kind: "knowledge", entry })}
        />
      )}
      {stage.kind === "ask" && (
        <BarAsk sentence={stage.sentence} onBack={back} onDone={onClose} onPlaybook={choose} />
      )}
      {stage.kind === "playbook" && <BarInputs playbook={stage.playbook} onBack={back} onDone={onClose} />}
      {stage.kind === "knowledge" && <BarEntry entry={stage.entry} onBack={back} />}
    </div>
  );
}

interface FinderProps {
  text: string;
  onText(text: string): void;
  onClose(): void;
  onAsk(sentence: string): void;
  onPlaybook(playbook: PlaybookSummary): void;
  onKnowledge(entry: KnowledgeView): void;
}

function Finder({ text, onText, onClose, onAsk, onPlaybook, onKnowledge }: FinderProps) {
  const { t } = useTranslation();
  const list = useId();
  const field = useRef<HTMLInputElement>(null);
  const { rows: found, searching } = useRows(text, {
    ask: onAsk,
    playbook: onPlaybook,
    knowledge: onKnowledge,
  });
  const grouped = inGroups(found);
  const rows = grouped.flatMap((group) => group.rows);
  const [chosenId, setChosenId] = useState<string | null>(null);
  const at = Math.max(
    0,
    rows.findIndex((row) => row.id === chosenId),
  );
  const chosen = rows[at];
  useEffect(() => field.current?.focus(), []);
  const run = (row: BarRow | undefined) => {
    if (row === undefined) return;
    if (row.stays !== true) onClose();
    row.run();
  };
  const move = (to: number) => setChosenId(rows[(to + rows.length) % Math.max(1, rows.length)]?.id ?? null);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const { key } = event;
    const asks = event.ctrlKey || event.metaKey;
    if (key === "Enter") run(asks ? rows.find((row) => row.shortcut === "mod+enter") : chosen);
    else if (key === "ArrowDown") move(at + 1);
    else if (key === "ArrowUp") move(at - 1);
    else if (key === "PageDown") move(Math.min(rows.length - 1, at + 8));
    else if (key === "PageUp") move(Math.max(0, at - 8));
    else return;
    event.preventDefault();
  };
  const change = (next: string) => {
    onText(next);
    setChosenId(null);
  };
  return (
    <>
      <div className={styles.field}>
        <Search size={20} strokeWidth={1.6} aria-hidden />
        <input
          ref={field}
          type="text"
          role="combobox"
          aria-label={t("bar.ask")}
          aria-expanded
          aria-controls={list}
          aria-autocomplete="list"
          aria-activedescendant={chosen === undefined ? undefined : `${list}-${chosen.id}`}
          autoComplete="off"
          spellCheck={false}
          dir="auto"
          maxLength={2_000}
          placeholder={t("bar.placeholder")}
          value={text}
          onChange={(event) => change(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
      </div>
      <BarList
        id={list}
        groups={grouped}
        chosen={chosen?.id}
        onChoose={setChosenId}
        onRun={run}
        empty={searching ? t("error.loading") : t("bar.nothing")}
      />
      <p className="unseen" role="status">
        {t("bar.results", { count: rows.length })}
      </p>
      <footer className={styles.hints} aria-hidden>
        <span>
          <Keys shortcut="arrowup" />
          <Keys shortcut="arrowdown" /> {t("action.move")}
        </span>
        <span>
          <Keys shortcut="enter" /> {t("action.open")}
        </span>
        <span>
          <Keys shortcut="mod+enter" /> {t("bar.ask_hint")}
        </span>
        <span>
          <Keys shortcut=">" /> {t("bar.commands")}
        </span>
        <span>
          <Keys shortcut="escape" /> {t("approval.close")}
        </span>
      </footer>
    </>
  );
}
