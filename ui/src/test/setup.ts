/** What every test starts from: no leftovers of the one before, and what the test page lacks. */
import { cleanup } from "@testing-library/react";
import { afterEach } from "vitest";
import { startLanguages } from "../i18n/i18n";

await startLanguages();

afterEach(() => {
  cleanup();
  window.sessionStorage.clear();
  window.localStorage.clear();
});
