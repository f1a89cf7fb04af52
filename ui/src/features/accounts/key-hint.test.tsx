import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import type { VaultView } from "../../backend/views";
import { list } from "../../test/accounts";
import { show } from "../../test/show";

const ready = { state: "ready", because: null, next: null, detail: null } as const;
const missing = { ...ready, state: "missing", because: "no keychain runs here" } as const;

it.each<[string, Partial<VaultView>, RegExp]>([
  ["the keychain", {}, /goes into the keychain of your system and is never/],
  [
    "the encrypted file",
    { place: "file", keychain: missing, file: ready },
    /goes into Krake’s encrypted file and/,
  ],
  [
    "the encrypted file that is locked",
    { place: "file", keychain: missing, file: { ...ready, state: "locked", because: "no passphrase" } },
    /which is locked: adding the account asks for its passphrase/,
  ],
  ["nothing yet", { keychain: missing }, /No keychain runs here\. Adding the account asks/],
  [
    "a keychain that refuses",
    { keychain: { ...ready, state: "locked", because: "the keychain is locked: nobody unlocked it" } },
    /gives nothing now: the keychain is locked: nobody unlocked it/,
  ],
])("says that a key goes into %s", async (_, vault, words) => {
  const { transport } = show("/accounts", {
    "accounts.list": list([]),
    "vault.show": { place: "keychain", keychain: ready, file: missing, found: [], ...vault },
  });
  const add = await screen.findAllByRole("button", { name: /Add account/ });
  // A look at the accounts asks no keychain.
  expect(transport.count("vault.show")).toBe(0);
  await userEvent.click(add[0] as HTMLElement);
  await screen.findByText(words);
});
