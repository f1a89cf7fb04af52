/** Inputs of a plan as fields of a form: what each is called, how it is written, and back to a value. */

export type FieldKind = "text" | "path" | "number" | "flag" | "choice" | "json";

export interface Field {
  name: string;
  kind: FieldKind;
  description: string;
  /** It has no default, so the plan cannot run without it. */
  required: boolean;
  choices: readonly string[];
  /** What stands in the field at first. */
  first: string;
}

export function fieldsOf(schemas: Record<string, unknown>, values: Record<string, unknown> = {}): Field[] {
  return Object.entries(schemas)
    .map(([name, schema]) => fieldOf(name, asObject(schema), values[name]))
    .sort((one, other) => Number(other.required) - Number(one.required));
}

/** The value that the text stands for; undefined for an empty field, which leaves it to the default. */
export function readField(field: Field, text: string): unknown {
  if (text === "" && field.kind !== "flag") return undefined;
  switch (field.kind) {
    case "number":
      // What is no number goes as it is: the door says what it expected, in one place for all.
      return Number.isNaN(Number(text)) ? text : Number(text);
    case "flag":
      return text === "true";
    case "json":
      try {
        return JSON.parse(text);
      } catch {
        return text;
      }
    default:
      return text;
  }
}

function fieldOf(name: string, schema: Record<string, unknown>, given: unknown): Field {
  const kind = kindOf(schema);
  // "Here" says nothing in a window: it stands in no folder.
  const here = kind === "path" && schema.default === ".";
  const value = given ?? (here ? undefined : schema.default);
  return {
    name,
    kind,
    description: typeof schema.description === "string" ? schema.description : "",
    required: here || !("default" in schema),
    choices: Array.isArray(schema.enum) ? schema.enum.map((each) => String(each)) : [],
    first: value === undefined || value === null ? "" : textOf(value),
  };
}

function kindOf(schema: Record<string, unknown>): FieldKind {
  if (Array.isArray(schema.enum) && schema.enum.every((each) => typeof each === "string")) return "choice";
  const type = Array.isArray(schema.type) ? schema.type.find((each) => each !== "null") : schema.type;
  if (type === "boolean") return "flag";
  if (type === "integer" || type === "number") return "number";
  if (type === "array" || type === "object") return "json";
  return schema.slot === "path" || schema.slot === "repo" ? "path" : "text";
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
