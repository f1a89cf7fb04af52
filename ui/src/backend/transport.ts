/**
 * How a call and the stream of events reach the core. Two ways exist, the window and the browser;
 * everything above this line is the same for both.
 */
import type { Answer, CommandName, Params } from "./views";

/** One item of the stream. */
export interface CoreEvent {
  /** The sequence number in the journal; null for what is not kept in it. */
  id: number | null;
  /** `progress`, `approval`, `complete`, `change` or `reset`. */
  name: string;
  data: unknown;
}

export interface StreamHandlers {
  /** The other side accepted the stream: from here on nothing is missed. */
  onOpen(): void;
  onEvent(event: CoreEvent): void;
  /** Bytes arrived, an event or only a sign of life. */
  onAlive(): void;
}

/** What the system of a window tells of files that are dragged over it. */
export interface DropHandlers {
  /** Files are over the window, or no longer. */
  onOver(over: boolean): void;
  onPaths(paths: readonly string[]): void;
}

export interface Transport {
  readonly kind: "window" | "browser";
  /** Silence on the stream that is longer means a lost connection; null where none can be lost. */
  readonly silenceMs: number | null;
  call<N extends CommandName>(name: N, params: Params<N>, signal?: AbortSignal): Promise<Answer<N>>;
  /** Asks the process that has the data folder to leave it, where this page could then have it. */
  takeOver?(): Promise<void>;
  /**
   * Hears of files that are dropped, where the system tells the window and not the page: by their
   * paths, which the core reads itself. Until the function that it gives back is called.
   */
  drops?(handlers: DropHandlers): () => void;
  /**
   * Follows the journal after that sequence number (null: from now on). Resolves when the other
   * side ends the stream, rejects with a `Problem` when it breaks, and ends quietly on abort.
   */
  follow(after: number | null, handlers: StreamHandlers, signal: AbortSignal, kinds?: string): Promise<void>;
}

/** What the screens listen to. Lines of what still runs have a stream of their own while they are looked at. */
export const KINDS = "progress,approval,complete,change";
