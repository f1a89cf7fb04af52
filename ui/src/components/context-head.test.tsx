import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { expectNoBarrier, show } from "../test/show";

it("keeps the tabs of Context at every place below it, and says which one this is", async () => {
  const { router } = show("/context", {
    "handoffs.list": { items: [], next: null },
    "snapshots.list": { items: [], next: null },
    "sessions.list": { items: [], next: null },
    "projects.list": { items: [], next: null },
    "accounts.list": { items: [] } as never,
  });
  const here = async (name: string) => {
    await screen.findByRole("heading", { level: 1, name: new RegExp(`^Context ?: ${name}$`) });
    const tabs = within(screen.getByRole("navigation", { name: "What is listed" })).getAllByRole("link");
    expect(tabs.map((tab) => tab.textContent)).toEqual([
      "Projects",
      "Sessions",
      "Handoffs",
      "Snapshots",
      "Search",
    ]);
    expect(
      tabs.filter((tab) => tab.getAttribute("aria-current") === "page").map((tab) => tab.textContent),
    ).toEqual([name]);
  };
  await here("Projects");
  await expectNoBarrier();
  for (const [name, path] of [
    ["Handoffs", "/context/handoffs"],
    ["Snapshots", "/context/snapshots"],
    ["Search", "/context/search"],
    ["Sessions", "/context"],
    ["Projects", "/context"],
  ] as const) {
    await userEvent.click(screen.getByRole("link", { name }));
    await waitFor(() => expect(router.state.location.pathname).toBe(path));
    await here(name);
  }
});
