/** Where the keys go when something opens beside or over the screen, and when it closes again. */
import { type RefObject, useEffect, useRef } from "react";

/** What had the focus gets it back when this is gone, if it would else be lost. */
export function useFocusBack(): void {
  useEffect(() => {
    const before = document.activeElement;
    return () => {
      if (document.activeElement === document.body) focusOn(before);
    };
  }, []);
}

/** Something that took the place of what had the focus takes the focus too, on no button, unless a field in it has it. */
export function useFocusHere<E extends HTMLElement>(): RefObject<E | null> {
  const here = useRef<E>(null);
  useEffect(() => {
    if (here.current?.contains(document.activeElement) === false) here.current.focus({ preventScroll: true });
  }, []);
  return here;
}

/** Where it is no longer on the page, the screen. */
export function focusOn(element: Element | null): void {
  if (element instanceof HTMLElement && element.isConnected && element !== document.body) element.focus();
  else document.getElementById("screen")?.focus();
}
