import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { expectNoBarrier, show } from "../test/show";

it("opens the places that a narrow window has no room for, and closes by Escape, by a choice and by going away", async () => {
  show("/executions", { "executions.list": { items: [], next: null } });
  const more = await screen.findByRole("button", { name: "More" });
  const menu = () => screen.queryByRole("list", { name: "More places" });
  expect(menu()).toBeNull();
  await userEvent.click(more);
  const links = within(menu() as HTMLElement).getAllByRole("link");
  expect(links.map((link) => link.textContent)).toEqual(["Accounts", "Knowledge", "Insights", "Settings"]);
  await expectNoBarrier();
  await userEvent.tab();
  expect(document.activeElement).toBe(links[0]);
  await userEvent.keyboard("{Escape}");
  expect(menu()).toBeNull();
  expect(document.activeElement).toBe(more);
  await userEvent.click(more);
  await userEvent.click(document.body);
  expect(menu()).toBeNull();
  await userEvent.click(more);
  await userEvent.click(within(menu() as HTMLElement).getByRole("link", { name: "Settings" }));
  expect(menu()).toBeNull();
  await screen.findByRole("heading", { name: "Settings", level: 1 });
  expect(more.dataset.here).toBe("true");
});
