import { fireEvent, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { approval } from "../../test/samples";
import { expectNoBarrier, show } from "../../test/show";

type Question = NonNullable<ReturnType<typeof approval>["question"]>;

const open = (question: Partial<Question>) => {
  const fields = {
    kind: "question",
    question: {
      text: "Which way\u202E?",
      kind: "choice",
      choices: ["left", "right"],
      default: null,
      ...question,
    },
  } as const satisfies Parameters<typeof approval>[0];
  return show("/inbox?approval=apr_1", {
    "approvals.show": approval(fields),
    "approvals.answer": approval({ ...fields, status: "approved" }),
  });
};

const enabled = (name: string | RegExp) =>
  waitFor(() => expect(screen.getByRole("button", { name })).toHaveProperty("disabled", false));

it("offers the choices, answers nothing in the first moments, and hides nothing", async () => {
  const { transport } = open({});
  fireEvent.click(await screen.findByRole("button", { name: "right" }));
  expect(screen.getByRole("dialog").textContent).toContain("Which wayU+202E?");
  expect(transport.count("approvals.answer")).toBe(0);
  await enabled("right");
  await expectNoBarrier();
  await userEvent.click(screen.getByRole("button", { name: "right" }));
  await waitFor(() =>
    expect(transport.calls).toContainEqual({
      name: "approvals.answer",
      params: { id: "exe_1", approval_id: "apr_1", answer: "right" },
    }),
  );
});

it("takes a text of one's own, begun with a suggestion", async () => {
  const { transport } = open({ kind: "text", default: "left" });
  const area = await screen.findByRole("textbox", { name: "Your answer" });
  expect(area).toHaveProperty("value", "left");
  await enabled("right");
  await userEvent.click(screen.getByRole("button", { name: "right" }));
  await userEvent.type(area, ", slowly");
  fireEvent.keyDown(window, { key: "Enter", ctrlKey: true });
  await waitFor(() =>
    expect(transport.calls).toContainEqual({
      name: "approvals.answer",
      params: { id: "exe_1", approval_id: "apr_1", answer: "right, slowly" },
    }),
  );
});

it("asks what to do with a failed step", async () => {
  const fields = {
    kind: "failed",
    failure: { class: "no_access", message: "the door is locked" },
    diff: null,
    reversible: true,
  } as const satisfies Parameters<typeof approval>[0];
  const { transport } = show("/inbox?approval=apr_1", {
    "approvals.show": approval(fields),
    "approvals.skip": approval({ ...fields, status: "approved" }),
  });
  await screen.findByText("the door is locked");
  screen.getByRole("button", { name: /Try again/ });
  await enabled(/Go on without it/);
  fireEvent.keyDown(window, { key: "s" });
  await waitFor(() => expect(transport.count("approvals.skip")).toBe(1));
});
