import { expect, it } from "vitest";
import { account, inHours, limit } from "../../test/accounts";
import { totals } from "./limits";

it("has the next reset of windows and of accounts that ran out, and no past one", () => {
  const ranOut = (hours: number) => ({
    at: inHours(-3),
    resets_at: inHours(hours),
    resets_zone: null,
    until: inHours(hours),
    said: "",
    session_id: null,
  });
  const next = (...accounts: ReturnType<typeof account>[]) => totals(accounts, Date.now()).nextReset;
  const window = account("Pro", { limits: [limit({ resets_at: inHours(2) })] });
  expect(next(window)).toBe(inHours(2));
  expect(next(window, account("Max", { ran_out: ranOut(1) }))).toBe(inHours(1));
  expect(next(window, account("Max", { ran_out: ranOut(-1) }))).toBe(inHours(2));
  const minutes = account("Api", { limits: [limit({ span: "minute", resets_at: inHours(0.01) })] });
  expect(next(minutes)).toBeNull();
});
