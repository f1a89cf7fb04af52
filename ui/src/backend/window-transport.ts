/** The core in the same process, by named commands and one channel; for the desktop window. */
import { Channel, invoke } from "@tauri-apps/api/core";
import { problemFrom } from "./problem";
import { type CoreEvent, type DropHandlers, KINDS, type StreamHandlers, type Transport } from "./transport";
import type { Answer, CommandName, Params } from "./views";

export class WindowTransport implements Transport {
  readonly kind = "window";
  readonly silenceMs = null;

  async call<N extends CommandName>(name: N, params: Params<N>): Promise<Answer<N>> {
    try {
      return await invoke<Answer<N>>(name, { input: params });
    } catch (thrown) {
      throw problemFrom(thrown, null);
    }
  }

  async takeOver(): Promise<void> {
    try {
      await invoke("owner.leave");
    } catch (thrown) {
      throw problemFrom(thrown, null);
    }
  }

  drops({ onOver, onPaths }: DropHandlers): () => void {
    const stop = new AbortController();
    const hear = async () => {
      const { listen, TauriEvent } = await import("@tauri-apps/api/event");
      const heard = await Promise.all([
        listen<{ paths: string[] }>(TauriEvent.DRAG_ENTER, ({ payload }) =>
          onOver(files(payload).length > 0),
        ),
        listen(TauriEvent.DRAG_LEAVE, () => onOver(false)),
        listen<{ paths: string[] }>(TauriEvent.DRAG_DROP, ({ payload }) => {
          onOver(false);
          onPaths(files(payload));
        }),
      ]);
      const end = () => {
        for (const each of heard) each();
      };
      if (stop.signal.aborted) end();
      else stop.signal.addEventListener("abort", end);
    };
    // Without it nothing can be dropped; everything else goes on.
    hear().catch(() => undefined);
    return () => stop.abort();
  }

  async follow(
    after: number | null,
    handlers: StreamHandlers,
    signal: AbortSignal,
    kinds = KINDS,
  ): Promise<void> {
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    signal.addEventListener("abort", end);
    // The last message is null: the core ended the stream.
    const channel = new Channel<CoreEvent | null>((event) => {
      if (signal.aborted) return;
      if (event === null) return end();
      handlers.onAlive();
      handlers.onEvent(event);
    });
    try {
      await invoke("events.stream", { input: { after, kinds }, channel });
      if (!signal.aborted) handlers.onOpen();
      await ended;
    } catch (thrown) {
      if (!signal.aborted) throw problemFrom(thrown, null);
    } finally {
      signal.removeEventListener("abort", end);
    }
  }
}

/** A link comes as if it were a path. */
const files = ({ paths }: { paths: readonly string[] }) =>
  paths.filter((path) => /^(\/|[a-z]:[\\/]|\\\\)/i.test(path));
