/**
 * The owner's token in a browser: it arrives in the fragment, which no server sees, moves to the
 * session storage of this tab and leaves the address bar before anything else runs.
 */
const KEY = "krake.token";

/** Takes the token out of the address, when it is there. Call once, before the router starts. */
export function takeTokenFromAddress(page: Window = window): void {
  const fragment = new URLSearchParams(page.location.hash.replace(/^#/, ""));
  const token = fragment.get("token");
  if (token === null) return;
  if (token !== "") page.sessionStorage.setItem(KEY, token);
  fragment.delete("token");
  const rest = fragment.toString();
  const { pathname, search } = page.location;
  page.history.replaceState(page.history.state, "", `${pathname}${search}${rest === "" ? "" : `#${rest}`}`);
}

/** The token of this tab, or null. */
export function findToken(page: Window = window): string | null {
  return page.sessionStorage.getItem(KEY);
}
