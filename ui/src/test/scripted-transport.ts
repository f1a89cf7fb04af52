/** A core that says what a test wrote down, and a stream that the test drives. */
import { Problem } from "../backend/problem";
import type { CoreEvent, StreamHandlers, Transport } from "../backend/transport";
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

  /** How often the command was called. */
  count(name: CommandName): number {
    return this.calls.filter((call) => call.name === name).length;
  }
}
