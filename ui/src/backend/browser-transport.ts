/** The core over HTTP on the address that served this page, with the token of this tab. */
import { commands } from "./generated";
import { asProblem, Problem, problemFrom, unreachable } from "./problem";
import { EventStreamParser, type ServerEvent } from "./sse";
import { findToken } from "./token";
import { type CoreEvent, KINDS, type StreamHandlers, type Transport } from "./transport";
import type { Answer, CommandName, Params } from "./views";

/** Where a command lives. */
export type Route = Pick<(typeof commands)[CommandName], "method" | "path">;

export class BrowserTransport implements Transport {
  readonly kind = "browser";
  readonly silenceMs = 45_000;

  constructor(private readonly fetcher: typeof fetch = (...args) => fetch(...args)) {}

  async call<N extends CommandName>(name: N, params: Params<N>, signal?: AbortSignal): Promise<Answer<N>> {
    const request = httpRequest(commands[name], params as Record<string, unknown>);
    const response = await this.send(request.url, { ...request.init, signal: signal ?? null });
    return (await response.json()) as Answer<N>;
  }

  async follow(
    after: number | null,
    handlers: StreamHandlers,
    signal: AbortSignal,
    kinds = KINDS,
  ): Promise<void> {
    const { url } = httpRequest(commands["events.stream"], { after: after ?? undefined, kinds });
    // A page that was left may be kept for the way back, and would hold one of the few connections
    // that a browser opens to one address. Back again, the stream is followed anew.
    const left = new AbortController();
    const leave = () => left.abort();
    window.addEventListener("pagehide", leave, { once: true });
    try {
      const either = AbortSignal.any([signal, left.signal]);
      const response = await this.send(url, { headers: { accept: "text/event-stream" }, signal: either });
      if (response.body === null) throw new Problem("client.no_stream", "the answer has no body");
      handlers.onOpen();
      await read(response.body, handlers);
    } catch (thrown) {
      if (signal.aborted || left.signal.aborted) return;
      throw thrown instanceof Problem ? thrown : unreachable(thrown);
    } finally {
      window.removeEventListener("pagehide", leave);
    }
  }

  private async send(url: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    const token = findToken();
    if (token !== null) headers.set("authorization", `Bearer ${token}`);
    let response: Response;
    try {
      response = await this.fetcher(url, { ...init, headers, cache: "no-store", credentials: "omit" });
    } catch (thrown) {
      if (init.signal?.aborted) throw thrown;
      throw unreachable(thrown);
    }
    if (response.ok) return response;
    throw problemFrom(await bodyOf(response), response.status);
  }
}

/** Path and query where nothing is sent, path and body where something is; parameters named in the path go there. */
export function httpRequest(
  route: Route,
  params: Record<string, unknown>,
): { url: string; init: RequestInit } {
  const rest = new Map(Object.entries(params).filter(([, value]) => value !== undefined && value !== null));
  const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = rest.get(name);
    if (value === undefined) throw new Problem("client.missing_parameter", `${route.path} needs ${name}`);
    rest.delete(name);
    return encodeURIComponent(String(value));
  });
  if (route.method === "GET" || route.method === "DELETE") {
    const query = new URLSearchParams([...rest].map(([name, value]) => [name, String(value)])).toString();
    return { url: query === "" ? path : `${path}?${query}`, init: { method: route.method } };
  }
  const headers = { "content-type": "application/json", "idempotency-key": crypto.randomUUID() };
  const body = JSON.stringify(Object.fromEntries(rest));
  return { url: path, init: { method: route.method, headers, body } };
}

async function read(body: ReadableStream<Uint8Array>, handlers: StreamHandlers): Promise<void> {
  const parser = new EventStreamParser();
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      handlers.onAlive();
      for (const event of parser.push(value)) handlers.onEvent(coreEvent(event));
    }
  } finally {
    reader.releaseLock();
  }
}

function coreEvent({ id, event, data }: ServerEvent): CoreEvent {
  const number = id !== null && /^\d+$/.test(id) ? Number(id) : null;
  return { id: number, name: event, data: jsonOr(data) };
}

async function bodyOf(response: Response): Promise<unknown> {
  return jsonOr(await response.text().catch((thrown: unknown) => asProblem(thrown).message));
}

function jsonOr(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    return raw;
  }
}
