/**
 * Everything that a person can do, each once: its words, its icon, its keys, when it is possible
 * and what it does. Buttons, keys and menus are made from these entries.
 */
import type { LucideIcon } from "lucide-react";
import type { Backend } from "../backend/backend";
import type en from "../i18n/en.json";
import type late from "../i18n/en-late.json";
import type { Language } from "../i18n/i18n";

type Words = typeof en & typeof late;
type Section = keyof Words;
/** A key of the English file, `section.name`; plural forms go without their ending. */
export type TextKey = { [S in Section]: `${S}.${Singular<keyof Words[S] & string>}` }[Section];
type Singular<K extends string> = K extends `${infer Base}_one`
  ? Base
  : K extends `${infer Base}_other`
    ? Base
    : K;

/** Says a text in the language of the page: what a function beside a component needs of `t`. */
export type Say = (key: TextKey, values?: Record<string, unknown>) => string;

/** `mod` is ⌘ on a Mac and Ctrl elsewhere, `shift` comes after it, the last part is the key; "g i" is two in a row. */
export type Shortcut = string;

/** What an action may touch. */
export interface Hands {
  backend: Backend;
  go(target: Target): void;
  /** Opens the command bar, with this text in it. */
  openBar(text?: string): void;
  language: Language;
}

/** Places that actions lead to; the application turns them into addresses. */
export type Target =
  | { place: "overview" }
  | { place: "executions" }
  | { place: "execution"; id: string }
  | { place: "inbox"; approval?: string; selected?: string }
  | { place: "approval"; id: string }
  | { place: "knowledge"; id?: string }
  | { place: "handoffs"; id?: string }
  | { place: "handoff"; project: string; draft?: string; to?: string }
  | { place: "snapshots" }
  | { place: "search" }
  | { place: "accounts" }
  | { place: "insights" }
  | { place: "settings" }
  | { place: "data" }
  | { place: "context" }
  | { place: "project"; id: string }
  | { place: "back" };

export interface Action<Subject> {
  id: string;
  label: TextKey;
  icon: LucideIcon;
  shortcut?: Shortcut;
  /** Held keys repeat it. */
  repeats?: boolean;
  enabled(subject: Subject): boolean;
  run(subject: Subject, hands: Hands): void | Promise<void>;
}

/** An action with its subject: what a button, a key or a menu row needs. */
export interface BoundAction {
  id: string;
  label: TextKey;
  icon: LucideIcon;
  shortcut: Shortcut | undefined;
  repeats: boolean;
  enabled: boolean;
  run(): void | Promise<void>;
}

export function bind<Subject>(action: Action<Subject>, subject: Subject, hands: Hands): BoundAction {
  return {
    id: action.id,
    label: action.label,
    icon: action.icon,
    shortcut: action.shortcut,
    repeats: action.repeats ?? false,
    enabled: action.enabled(subject),
    run: () => action.run(subject, hands),
  };
}
