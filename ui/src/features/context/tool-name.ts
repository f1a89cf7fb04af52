/** The names of tools and formats as their makers write them; they are the same in every language. */
const NAMES: Record<string, string> = {
  claude_code: "Claude Code",
  codex: "Codex",
  gemini_cli: "Gemini CLI",
  goose: "Goose",
  chatgpt: "ChatGPT",
  claude_ai: "Claude.ai",
  cursor: "Cursor",
  markdown: "Markdown",
  messages: "JSON",
  neutral: "JSON",
  capture: "Krake",
  krake: "Krake",
};

export const toolName = (source: string): string => NAMES[source] ?? source;
