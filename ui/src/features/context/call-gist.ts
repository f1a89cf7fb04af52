/** A call of a tool in one line: what it was called with that tells it from others. */

/** Fields by what they tell, the most telling first. */
const TELLING = [
  "file_path",
  "notebook_path",
  "path",
  "command",
  "cmd",
  "pattern",
  "query",
  "url",
  "description",
  "prompt",
];
/** Folders that are shown of a long path. */
const LAST = 3;

/** The text of a call, `Name: key=value` with a line for each field, as its gist. */
export function callGist(text: string, tool: string | null): string {
  const lines = (tool !== null && text.startsWith(`${tool}: `) ? text.slice(tool.length + 2) : text).split(
    "\n",
  );
  for (const field of TELLING) {
    const line = lines.find((each) => each.startsWith(`${field}=`) && each.length > field.length + 1);
    if (line !== undefined) return shown(line.slice(field.length + 1));
  }
  return lines.find((each) => each.trim() !== "") ?? "";
}

function shown(value: string): string {
  const parts = value.split("/");
  if (value.startsWith("/") && !value.includes(" ") && parts.length > LAST + 2) {
    return `…/${parts.slice(-LAST).join("/")}`;
  }
  return value.startsWith("[") ? lastWord(value) : value;
}

/** Of `["bash","-lc","make test"]` what is run. */
function lastWord(value: string): string {
  try {
    const words: unknown = JSON.parse(value);
    return Array.isArray(words) && typeof words.at(-1) === "string" ? (words.at(-1) as string) : value;
  } catch {
    return value;
  }
}
