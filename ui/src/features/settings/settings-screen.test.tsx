import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import type { ApprovalId, PolicyView } from "../../backend/views";
import { AT } from "../../test/samples";
import { expectNoBarrier, show } from "../../test/show";

const rule = (fields: Partial<PolicyView> = {}): PolicyView => ({
  id: "rul_1" as PolicyView["id"],
  tool: "fs.write",
  pattern: { kind: "folder", folder: "/code/cart" },
  in_force: true,
  created_at: AT,
  by: { kind: "person", name: "mai" },
  approval_id: "apr_1" as ApprovalId,
  expires_at: AT,
  revoked_at: null,
  revoked_by: null,
  times_used: 3,
  last_used_at: AT,
  ...fields,
});

it("shows each rule in words and takes it back", async () => {
  let items = [rule()];
  const { transport } = show("/settings", {
    "policies.list": () => ({ items, next: null }),
    "policies.revoke": () => {
      items = [rule({ in_force: false, revoked_at: AT })];
      return items[0] as PolicyView;
    },
  });
  const row = await screen.findByRole("listitem");
  expect(row.textContent).toContain("fs.write in this folder and below /code/cart");
  expect(row.textContent).toContain("used 3 times");
  await expectNoBarrier();
  await userEvent.click(screen.getByRole("button", { name: "Take back" }));
  await screen.findByRole("heading", { name: "No longer in force" });
  expect(transport.calls.find((call) => call.name === "policies.revoke")?.params).toEqual({ id: "rul_1" });
  await waitFor(() => expect(screen.queryByRole("button", { name: "Take back" })).toBeNull());
});

it("says what the place is for when there is no rule", async () => {
  show("/settings", { "policies.list": { items: [], next: null } });
  await screen.findByRole("heading", { name: "No rules" });
  await expectNoBarrier();
});
