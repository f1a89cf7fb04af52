import { act, screen, waitFor } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { unreachable } from "../backend/problem";
import { show } from "../test/show";

afterEach(() => vi.restoreAllMocks());

const failing = {
  // A page that cannot be drawn, as when its bundle cannot be fetched.
  "handoffs.list": { items: null } as never,
};

it("says that the core is gone where a screen fails meanwhile, and comes anew when it is back", async () => {
  const reload = vi.spyOn(window.location, "reload").mockImplementation(() => undefined);
  const { transport, router, backend } = show("/executions", {
    ...failing,
    "executions.list": { items: [], next: null },
    "playbooks.list": { items: [], next: null },
  });
  void backend.live.run();
  await screen.findByRole("heading", { level: 1 });
  await act(async () => transport.follows[0]?.breakWith(unreachable("refused")));
  await act(() => router.navigate({ to: "/context/handoffs" }));
  await screen.findByRole("heading", { name: "Krake does not answer" });
  expect(reload).not.toHaveBeenCalled();
  await waitFor(() => expect(transport.follows).toHaveLength(2), { timeout: 5_000 });
  await act(async () => transport.follows[1]?.open());
  await waitFor(() => expect(reload).toHaveBeenCalledOnce());
  backend.live.stop();
});

it("says what failed where the core is there, and stays", async () => {
  const reload = vi.spyOn(window.location, "reload").mockImplementation(() => undefined);
  const { transport, backend } = show("/context/handoffs", failing);
  void backend.live.run();
  await screen.findByRole("heading", { name: "This could not be loaded" });
  await act(async () => transport.follows[0]?.open());
  await waitFor(() => expect(backend.live.current().phase).toBe("live"));
  expect(reload).not.toHaveBeenCalled();
  backend.live.stop();
});
