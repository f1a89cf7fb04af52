/** A core that says what a test wrote down, and a stream that the test drives. */
import { Problem } from "../backend/problem";
import type { CoreEvent, DropHandlers, StreamHandlers, Transport } from "../backend/transport";
import type { Answer, CommandName, Params } from "../backend/views";

type Answers = { [N in CommandName]?: Answer<N> | ((params: Params<N>) => Answer<N>) };

export interface Follow {
  after: number | null;
  open(): void;
  event(event: CoreEvent): void;
  end(): void;
  breakWith(problem: Problem): void;
}

export class ScriptedTransport implements Transport {
  readonly kind = "browser";
  readonly silenceMs = null;
  readonly calls: { name: CommandName; params: unknown }[] = [];
  readonly follows: Follow[] = [];
  /** Who hears what the system of the window tells of dropped files. */
  dropped: DropHandlers | null = null;

  constructor(public answers: Answers) {}

  async call<N extends CommandName>(name: N, params: Params<N>): Promise<Answer<N>> {
    this.calls.push({ name, params });
    const answer: unknown = this.answers[name];
    if (answer === undefined)
      throw new Problem("not_found", `nothing is written down for ${name}`, null, 404);
    return (typeof answer === "function" ? answer(params) : answer) as Answer<N>;
  }

  follow(after: number | null, handlers: StreamHandlers, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal.addEventListener("abort", () => resolve());
      this.follows.push({
        after,
        open: handlers.onOpen,
        event: handlers.onEvent,
        end: resolve,
        breakWith: reject,
      });
    });
  }

  drops(handlers: DropHandlers): () => void {
    this.dropped = handlers;
    return () => {
      this.dropped = null;
    };
  }

  /** How often the command was called. */
  count(name: CommandName): number {
    return this.calls.filter((call) => call.name === name).length;
  }
}
