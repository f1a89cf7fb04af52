import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import type { Answer } from "../../backend/views";
import { account, list } from "../../test/accounts";
import { expectNoBarrier, show } from "../../test/show";

const projects = {
  items: [
    { id: "prj_1", name: "shop", accounts: ["acc_Work", "acc_00gone"] },
    { id: "prj_2", name: "site", accounts: [] },
  ],
  next: null,
} as unknown as Answer<"projects.list">;

it("lists the sessions of one project by one account, and keeps both in the address", async () => {
  const { transport, router } = show("/context?list=sessions&project=prj_1", {
    "projects.list": projects,
    "accounts.list": list([account("Work")]),
    "sessions.list": { items: [], next: null },
  });
  const asked = () => transport.calls.findLast(({ name }) => name === "sessions.list")?.params;
  const filter = await screen.findByRole("search", { name: "Whose sessions are listed" });
  const project = within(filter).getByRole<HTMLSelectElement>("combobox", { name: "Project" });
  await waitFor(() => expect(project.selectedOptions[0]?.textContent).toBe("shop"));
  expect(asked()).toMatchObject({ project_id: "prj_1", account_id: null });
  const whose = within(filter).getByRole<HTMLSelectElement>("combobox", { name: "Account" });
  await waitFor(() =>
    expect([...whose.options].map((option) => option.textContent)).toEqual([
      "All accounts",
      "Work",
      "account that is gone (…00gone)",
    ]),
  );
  await userEvent.selectOptions(whose, "Work");
  await waitFor(() =>
    expect(router.state.location.search).toEqual({ list: "sessions", project: "prj_1", account: "acc_Work" }),
  );
  await waitFor(() => expect(asked()).toMatchObject({ project_id: "prj_1", account_id: "acc_Work" }));
  await screen.findByRole("heading", { name: "No session fits" });
  await expectNoBarrier();
  await userEvent.click(within(filter).getByRole("button", { name: "Show all" }));
  await waitFor(() => expect(asked()).toMatchObject({ project_id: null, account_id: null }));
  await screen.findByRole("heading", { name: "No sessions yet" });
  expect(router.state.location.search).toEqual({ list: "sessions" });
});

it("says whose each session is where those of all projects are listed", async () => {
  const { router } = show("/context?list=sessions", {
    "projects.list": projects,
    "accounts.list": list([]),
    "sessions.list": {
      items: [
        {
          id: "ses_1",
          project_id: "prj_2",
          account_id: null,
          title: "Fix the cart",
          source: "codex",
          messages: 3,
        },
      ],
      next: null,
    } as unknown as Answer<"sessions.list">,
  });
  const row = await screen.findByRole("link", { name: /Fix the cart/ });
  await waitFor(() => expect(within(row).getByText("site")).toBeTruthy());
  await router.navigate({ to: "/context", search: { list: "sessions", project: "prj_2" } });
  await waitFor(() =>
    expect(within(screen.getByRole("link", { name: /Fix the cart/ })).queryByText("site")).toBeNull(),
  );
});
