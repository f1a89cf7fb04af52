/** Keys: which event means which shortcut, and how a shortcut is written. */
import type { Shortcut } from "./action";

type KeyEvent = Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">;

const SHOWN: Record<string, string> = { enter: "↵", escape: "Esc", " ": "␣", arrowdown: "↓", arrowup: "↑" };

export const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** Letters are also matched by their place, so that they work on a Hebrew keyboard. */
export function matches(event: KeyEvent, shortcut: Shortcut, mac = isMac): boolean {
  const { key, mod, shift } = read(shortcut);
  if (event.altKey || mod !== (mac ? event.metaKey : event.ctrlKey)) return false;
  if (mac ? event.ctrlKey : event.metaKey) return false;
  if (event.shiftKey !== shift && key !== "?") return false;
  const pressed = event.key.toLowerCase();
  if (pressed === key) return true;
  const latin = /^[a-z]$/.test(pressed);
  return !latin && /^[a-z]$/.test(key) && event.code === `Key${key.toUpperCase()}`;
}

/** The two keys of a shortcut like "g i"; null for one that is pressed at once. */
export function sequence(shortcut: Shortcut): { lead: string; key: string } | null {
  const [lead, key] = shortcut.split(" ");
  return lead !== undefined && lead !== "" && key !== undefined && key !== "" ? { lead, key } : null;
}

/** The caps to draw, for example `["⌘", "↵"]`. */
export function caps(shortcut: Shortcut, mac = isMac): string[] {
  const two = sequence(shortcut);
  if (two !== null) return [two.lead.toUpperCase(), two.key.toUpperCase()];
  const { key, mod, shift } = read(shortcut);
  const cap = SHOWN[key] ?? (key.length === 1 ? key.toUpperCase() : key);
  return [...(shift ? ["⇧"] : []), ...(mod ? [mac ? "⌘" : "Ctrl"] : []), cap];
}

/** What `aria-keyshortcuts` wants; it has no word for two keys one after the other. */
export function ariaKeys(shortcut: Shortcut, mac = isMac): string | undefined {
  if (sequence(shortcut) !== null) return undefined;
  const { key, mod, shift } = read(shortcut);
  const name = key.length === 1 ? key.toUpperCase() : `${key[0]?.toUpperCase()}${key.slice(1)}`;
  return [...(mod ? [mac ? "Meta" : "Control"] : []), ...(shift ? ["Shift"] : []), name].join("+");
}

/** Whether the keys belong to the text that is being written. */
export function isWriting(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

/** Whether the element under the focus does something itself on Enter or Space. */
export function ownsEnter(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && target.closest("button, a[href], summary, [role=menuitem]") !== null
  );
}

function read(shortcut: Shortcut): { key: string; mod: boolean; shift: boolean } {
  const parts = shortcut === " " ? [shortcut] : shortcut.split("+");
  return { key: parts.at(-1) ?? "", mod: parts.includes("mod"), shift: parts.includes("shift") };
}
