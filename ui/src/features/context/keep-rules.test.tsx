import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import type { CompressionRuleView, ProjectView } from "../../backend/views";
import { AT } from "../../test/samples";
import { expectNoBarrier, show } from "../../test/show";

const id = "prj_1" as ProjectView["id"];
const project: ProjectView = {
  id,
  name: "shop",
  description: "",
  status: "active",
  folder: null,
  objectives: [],
  progress: null,
  pinned: [],
  created_at: AT,
  updated_at: AT,
  sessions: 0,
  accounts: [],
  last_session_at: null,
};

const rule = (number: number, fields: Partial<CompressionRuleView>): CompressionRuleView => ({
  id: `cmp_${number}` as CompressionRuleView["id"],
  project_id: id,
  effect: "always_keep",
  subject: { by: "pattern", text: "invoice" },
  created_at: AT,
  ...fields,
});

it("shows the rules of a project and of all, adds one and removes one", async () => {
  const { transport } = show("/context/prj_1", {
    "projects.show": {
      project,
      sessions: [],
      git: null,
      git_trouble: null,
      commit_rule: null,
      secret_policy: "drop",
      has_own_secret_policy: false,
    },
    "sessions.list": { items: [], next: null },
    "compression.list": {
      items: [
        rule(1, {}),
        rule(2, { project_id: null, effect: "never_keep", subject: { by: "kind", kind: "change" } }),
        rule(3, { project_id: "prj_other", subject: { by: "pattern", text: "of another" } }),
      ],
      next: null,
    },
    "compression.add": rule(4, {}),
    "compression.remove": { items: [], next: null },
  });
  await screen.findByText("invoice");
  expect(screen.getByText(/in all projects/)).toBeTruthy();
  expect(screen.queryByText("of another")).toBeNull();
  await expectNoBarrier();
  await userEvent.selectOptions(screen.getByLabelText("What it is about"), "the file or folder");
  await userEvent.selectOptions(screen.getByLabelText("What happens"), "Never keep");
  await userEvent.type(screen.getByRole("textbox", { name: "the file or folder" }), "dist/");
  await userEvent.click(screen.getByRole("button", { name: "Add the rule" }));
  const sent = (name: string) => transport.calls.find((call) => call.name === name)?.params;
  await waitFor(() =>
    expect(sent("compression.add")).toEqual({
      project_id: id,
      effect: "never_keep",
      subject: { by: "file", path: "dist/" },
    }),
  );
  await userEvent.click(screen.getAllByRole("button", { name: "Remove the rule" })[0] as HTMLElement);
  await waitFor(() => expect(sent("compression.remove")).toEqual({ id: "cmp_1" }));
});
