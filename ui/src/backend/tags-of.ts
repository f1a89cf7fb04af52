/** The tags that make an answer old, from the table of commands. */
import { type CommandName, commands } from "./generated";
import type { ExecutionId } from "./views";

/** What the answer of a command depends on; `execution` is the tag of the one that was asked for. */
export function tagsOf(name: CommandName, id?: ExecutionId): string[] {
  return commands[name].provides.map((tag) =>
    tag === "execution" && id !== undefined ? `execution:${id}` : tag,
  );
}
