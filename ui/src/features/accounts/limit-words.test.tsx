import { screen, waitFor } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import { chooseLanguage } from "../../i18n/i18n";
import { account, limit, list, usage } from "../../test/accounts";
import { show } from "../../test/show";

afterEach(() => chooseLanguage("en"));

const limits = [
  limit({ remaining: "54" }),
  limit({ span: "week", unit: "messages", limit: "45", remaining: "12", used: 33 / 45 }),
  limit({ span: "day", unit: "tokens", limit: null, remaining: "200000", used: null }),
  limit({ span: "month", unit: "credits", limit: "1000", remaining: null, used: null }),
  limit({ span: "balance", unit: "EUR", limit: null, remaining: "7.5", used: null }),
];

const lines = async () => {
  const one = account("Max", { limits });
  show("/accounts?selected=acc_Max", { "accounts.list": list([one]), "accounts.usage": usage(one) });
  const drawer = await screen.findByRole("complementary");
  await waitFor(() => expect(drawer.querySelectorAll("li > p:first-child bdi")).toHaveLength(5));
  return [...drawer.querySelectorAll("li > p:first-child bdi")].map((line) => line.textContent);
};

it("says that it is what is left, of what, and in the unit", async () => {
  expect(await lines()).toEqual([
    "54% left",
    "12 of 45 messages left",
    "200,000 tokens left",
    "? of 1,000 credits left",
    "7.5 EUR left",
  ]);
});

it("says it in the language of the page", async () => {
  await chooseLanguage("de");
  expect(await lines()).toEqual([
    "54\u00a0% übrig",
    "12 von 45 Nachrichten übrig",
    "200.000 Token übrig",
    "? von 1.000 Credits übrig",
    "7,5 EUR übrig",
  ]);
});
