/** Keys: which event means which shortcut, and how a shortcut is written. */
import type { Shortcut } from "./action";

type KeyEvent = Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">;

const SHOWN: Record<string, string> = { enter: "↵", escape: "Esc", " ": "␣", arrowdown: "↓", arrowup: "↑" };

export const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** Letters are also matched by their place, so that they work on a Hebrew keyboard. */
export function matches(event: KeyEvent, shortcut: Shortcut, mac = isMac): boolean {
  const { key, mod } = read(shortcut);
  if (event.altKey || mod !== (mac ? event.metaKey : event.ctrlKey)) return false;
  if (mac ? event.ctrlKey : event.metaKey) return false;
  if (event.shiftKey && key !== "?") return false;
  const pressed = event.key.toLowerCase();
  if (pressed === key) return true;
  const latin = /^[a-z]$/.test(pressed);
  return !latin && /^[a-z]$/.test(key) && event.code === `Key${key.toUpperCase()}`;
}

/** The caps to draw, for example `["⌘", "↵"]`. */
export function caps(shortcut: Shortcut, mac = isMac): string[] {
  const { key, mod } = read(shortcut);
  const cap = SHOWN[key] ?? (key.length === 1 ? key.toUpperCase() : key);
  return mod ? [mac ? "⌘" : "Ctrl", cap] : [cap];
}

/** What `aria-keyshortcuts` wants. */
export function ariaKeys(shortcut: Shortcut, mac = isMac): string {
  const { key, mod } = read(shortcut);
  const name = key.length === 1 ? key.toUpperCase() : key[0]?.toUpperCase() + key.slice(1);
  return mod ? `${mac ? "Meta" : "Control"}+${name}` : name;
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

function read(shortcut: Shortcut): { key: string; mod: boolean } {
  const mod = shortcut.startsWith("mod+");
  return { key: mod ? shortcut.slice(4) : shortcut, mod };
}
