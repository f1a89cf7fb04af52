/** What every test starts from: no leftovers of the one before, and what the test page lacks. */
import { cleanup, configure } from "@testing-library/react";
import { afterEach } from "vitest";
import { startLanguages } from "../i18n/i18n";

// A busy machine is slow, not wrong.
configure({ asyncUtilTimeout: 10_000 });

await startLanguages();

afterEach(() => {
  cleanup();
  window.sessionStorage.clear();
  window.localStorage.clear();
});
