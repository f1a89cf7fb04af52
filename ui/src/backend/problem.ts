/**
 * What goes wrong at the door, in one shape for both transports.
 *
 * The door answers with problem details; what never reached it (no network, no process) becomes
 * one of the `client.*` codes, so that a screen decides on a code and never on a text.
 */
export class Problem extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly hint: string | null = null,
    readonly status: number | null = null,
    /** What the system below said, for whoever looks into it. */
    readonly detail: string | null = null,
  ) {
    super(message);
    this.name = "Problem";
  }

  /** The other side cannot be reached: nothing is known about what happened. */
  get isUnreachable(): boolean {
    return this.code === "client.unreachable";
  }

  /** The field of the input that is meant, as each message about one begins. */
  get field(): string | null {
    return /^fields? `(\w+)`/.exec(this.message)?.[1] ?? null;
  }

  /** What went wrong and what can be done, as sentences of their own. */
  get sentences(): string {
    return withHint(this.message, this.hint);
  }

  /** The message without the name that the door has for the field: for a place that shows which one is meant. */
  get said(): string {
    return withHint(this.message.replace(/^field `\w+`: /, ""), this.hint);
  }
}

/** A message ends with a full stop before a hint, whether it brought one or not. */
function withHint(message: string, hint: string | null): string {
  return hint === null ? message : `${message.replace(/[.\s]*$/, ".")} ${hint}`;
}

/** Reads problem details, or whatever stands in their place, without ever throwing. */
export function problemFrom(body: unknown, status: number | null): Problem {
  const fields = typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
  const code = text(fields.code) ?? (status === null ? "client.unknown" : `http.${status}`);
  if (text(fields.code) === null && status !== null && GATEWAY.has(status))
    return unreachable(`http ${status}`);
  const message = text(fields.detail) ?? text(fields.message) ?? text(fields.title) ?? text(body) ?? code;
  const more = typeof fields.details === "object" && fields.details !== null ? fields.details : {};
  return new Problem(
    code,
    message,
    text(fields.hint),
    status,
    text((more as Record<string, unknown>).detail),
  );
}

/** What stands before the core answers in its place when the core is gone. */
const GATEWAY = new Set([502, 503, 504]);

/** The address did not answer at all. */
export function unreachable(cause: unknown): Problem {
  return new Problem("client.unreachable", cause instanceof Error ? cause.message : String(cause));
}

/** Any thrown thing as a problem. */
export function asProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  return new Problem("client.unknown", thrown instanceof Error ? thrown.message : String(thrown));
}

/** What "copy details" puts on the clipboard. */
export function details(problem: Problem): string {
  return [
    `code: ${problem.code}`,
    problem.status === null ? null : `status: ${problem.status}`,
    `message: ${problem.message}`,
    problem.hint === null ? null : `hint: ${problem.hint}`,
    problem.detail === null ? null : `detail: ${problem.detail}`,
    `page: ${window.location.pathname}${window.location.search}`,
    `at: ${new Date().toISOString()}`,
  ]
    .filter((line) => line !== null)
    .join("\n");
}

function text(value: unknown): string | null {
  return typeof value === "string" && value.trim() !== "" ? value : null;
}
