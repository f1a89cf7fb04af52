import { expect, it } from "vitest";
import { BrowserTransport, httpRequest } from "./browser-transport";
import { commands } from "./generated";
import { asProblem } from "./problem";
import type { CoreEvent } from "./transport";
import type { ExecutionId } from "./views";

const id = "exe_1" as ExecutionId;

it("puts fields into the path, the query or the body", () => {
  expect(httpRequest(commands["executions.list"], { status: "running", limit: 5, cursor: null }).url).toBe(
    "/api/orchestrate?status=running&limit=5",
  );
  const { url, init } = httpRequest(commands["approvals.reject"], {
    id: "a/b",
    approval_id: "c",
    reason: "no",
  });
  expect(url).toBe("/api/orchestrate/a%2Fb/approvals/c/reject");
  expect(init.body).toBe('{"reason":"no"}');
  expect(new Headers(init.headers).get("idempotency-key")).toMatch(/^[0-9a-f-]{36}$/);
});

it("sends the token of this tab and reads problem details", async () => {
  window.sessionStorage.setItem("krake.token", "s3cret");
  const seen: RequestInit[] = [];
  const transport = new BrowserTransport(async (_, init) => {
    seen.push(init ?? {});
    const body = JSON.stringify({
      code: "not_found",
      title: "Not found",
      detail: "there is no execution",
      hint: "look",
    });
    return new Response(body, { status: 404, headers: { "content-type": "application/problem+json" } });
  });
  const problem = asProblem(
    await transport.call("executions.show", { id }).catch((thrown: unknown) => thrown),
  );
  expect(new Headers(seen[0]?.headers).get("authorization")).toBe("Bearer s3cret");
  expect(seen[0]?.credentials).toBe("omit");
  expect(problem).toMatchObject({
    code: "not_found",
    message: "there is no execution",
    hint: "look",
    status: 404,
  });
});

it("says unreachable when nothing answers", async () => {
  const transport = new BrowserTransport(() => Promise.reject(new TypeError("Failed to fetch")));
  const problem = asProblem(await transport.call("stats", {}).catch((thrown: unknown) => thrown));
  expect(problem.isUnreachable).toBe(true);
});

it("follows the stream after the last event that it saw", async () => {
  let address = "";
  const transport = new BrowserTransport(async (url) => {
    address = String(url);
    return new Response('id: 12\nevent: approval\ndata: {"tags":["approvals"]}\n\n');
  });
  const events: CoreEvent[] = [];
  let opened = 0;
  const handlers = {
    onOpen: () => opened++,
    onAlive: () => undefined,
    onEvent: (event: CoreEvent) => events.push(event),
  };
  await transport.follow(11, handlers, new AbortController().signal);
  expect(new URL(address, "http://x").searchParams.get("after")).toBe("11");
  expect(opened).toBe(1);
  expect(events).toEqual([{ id: 12, name: "approval", data: { tags: ["approvals"] } }]);
});

it("lets go of the stream when the page is left, and of a gateway that answers for a core that is gone", async () => {
  const transport = new BrowserTransport(
    (_, init) =>
      new Promise((_resolve, reject) =>
        init?.signal?.addEventListener("abort", () => reject(new Error("cut"))),
      ),
  );
  const nothing = { onOpen: () => undefined, onAlive: () => undefined, onEvent: () => undefined };
  const followed = transport.follow(null, nothing, new AbortController().signal);
  window.dispatchEvent(new Event("pagehide"));
  await followed;

  const behind = new BrowserTransport(async () => new Response("Bad gateway", { status: 502 }));
  const problem = asProblem(await behind.call("stats", {}).catch((thrown: unknown) => thrown));
  expect(problem.isUnreachable).toBe(true);
});
