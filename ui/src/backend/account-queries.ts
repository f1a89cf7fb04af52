/** What screens show of accounts, of who is asked, and of what may be spent. */
import { queryOptions } from "@tanstack/react-query";
import { tagsOf } from "./tags-of";
import type { Transport } from "./transport";
import type { AccountId } from "./views";

export const accountQueriesOf = (transport: Transport) => ({
  accounts: () =>
    queryOptions({
      queryKey: ["accounts.list"],
      queryFn: ({ signal }) => transport.call("accounts.list", { text: null }, signal),
      meta: { tags: tagsOf("accounts.list") },
    }),

  /** Who would go on, and why. */
  choice: (purpose: string, words: string) =>
    queryOptions({
      queryKey: ["accounts.choose", purpose, words],
      queryFn: ({ signal }) => transport.call("accounts.choose", { purpose, words }, signal),
      meta: { tags: tagsOf("accounts.choose") },
    }),

  /** All accounts in the order in which they would be asked, with the reasons. */
  accountChoice: () =>
    queryOptions({
      queryKey: ["accounts.choose"],
      queryFn: ({ signal }) => transport.call("accounts.choose", {}, signal),
      meta: { tags: tagsOf("accounts.choose") },
    }),

  /** The person's own rules for that. */
  routing: () =>
    queryOptions({
      queryKey: ["accounts.rules"],
      queryFn: ({ signal }) => transport.call("accounts.rules", {}, signal),
      meta: { tags: tagsOf("accounts.rules") },
    }),

  accountUsage: (id: AccountId) =>
    queryOptions({
      queryKey: ["accounts.usage", id],
      queryFn: ({ signal }) => transport.call("accounts.usage", { id }, signal),
      meta: { tags: tagsOf("accounts.usage") },
    }),

  budgets: () =>
    queryOptions({
      queryKey: ["budgets.list"],
      queryFn: ({ signal }) => transport.call("budgets.list", {}, signal),
      meta: { tags: tagsOf("budgets.list") },
    }),

  refusedCalls: () =>
    queryOptions({
      queryKey: ["budgets.refused"],
      queryFn: ({ signal }) => transport.call("budgets.refused", { limit: 20 }, signal),
      meta: { tags: tagsOf("budgets.refused") },
    }),
});
