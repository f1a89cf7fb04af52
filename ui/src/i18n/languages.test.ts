/** Every language says everything that English says, with the same gaps to fill, and nothing else. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import de from "./de.json";
import first from "./en.json";
import late from "./en-late.json";
import he from "./he.json";
import id from "./id.json";

const en = { ...first, ...late };

type File = Record<string, Record<string, string>>;
const PLURAL = /_(zero|one|two|few|many|other)$/;

const flat = (file: File) =>
  new Map(
    Object.entries(file).flatMap(([section, words]) =>
      Object.entries(words).map(([key, text]) => [`${section}.${key}`, text]),
    ),
  );
const bases = (file: File) => new Set([...flat(file).keys()].map((key) => key.replace(PLURAL, "")));
const gaps = (text: string) => [...text.matchAll(/\{\{(\w+)/g)].map((match) => match[1]).sort();

describe.each(Object.entries({ de, he, id }))("%s", (language, file: File) => {
  it("has exactly the keys of English", () => {
    expect([...bases(file)].sort()).toEqual([...bases(en)].sort());
  });

  it("has every plural form that its grammar needs for a number of things", () => {
    const needed = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    const words = flat(file);
    const plural = [...flat(en).keys()]
      .filter((key) => key.endsWith("_other"))
      .map((key) => key.replace(PLURAL, ""));
    const missing = plural.flatMap((key) =>
      needed.filter((form) => !words.has(`${key}_${form}`)).map((form) => `${key}_${form}`),
    );
    expect(missing).toEqual([]);
  });

  it("fills the same gaps", () => {
    const english = flat(en);
    for (const [key, text] of flat(file)) {
      const source = english.get(key) ?? english.get(key.replace(PLURAL, "_other")) ?? "";
      const spelled = /_(one|two)$/.test(key) ? gaps(text).concat("count") : gaps(text);
      expect(new Set(spelled), key).toEqual(
        new Set(/_(one|two)$/.test(key) ? gaps(source).concat("count") : gaps(source)),
      );
    }
  });
});

it("says nothing that no screen uses", () => {
  const files = readdirSync("src", { recursive: true, encoding: "utf8" }).filter(
    (name) => /\.tsx?$/.test(name) && !name.includes(".test."),
  );
  const code = files.map((name) => readFileSync(join("src", name), "utf8")).join("\n");
  // Keys that are put together from a status, a class, an outcome or a choice.
  const built =
    /^(status|failure|outcome|class)\.|^settings\.(auto|light|dark)$|^log\.(output|info|warn|error)$|^inbox\.(today|waiting|others|earlier|snoozed)$|^inbox\.snooze_(hour|hours|evening|tomorrow|week|reset)$|^execution\.(graph|timeline|log|table)$|^rules\.(exact|folder|origin)$|^plan\.(computes|reads|writes)$|^inbox\.(approval|unknown_outcome|question|failed_step|stopped|failed|ran_out|handoff)$|^inbox\.(approvals|questions|failures|unknowns|stops|ends|ran_outs|sents)$|^bar\.group_|^handoff\.(state|part|rule)_|^accounts\.(health|outcome|provider|span|source|vault)_|^accounts\.price_(by_hand|table|own_machine)$|^accounts\.rule_(first|last|never)$|^reason\.|^budgets\.(amount|period|for|kind|which|unit)_|^insights\.(days_|by_|no_|account$|project$|model$)|^data\.(noun|by)_|^secrets\.place_|^rescan\.stage_|^keep\.(always_keep|never_keep|pattern|file|kind|pattern_hint|file_hint)$|^search\.(role_|project$|account$|session$|role$|tool$|after$|before$)|^detail\.(context|metrics|trace|plan)$|^context\.(projects|planned|active|paused|done|user|assistant|system|tool)$/;
  const unused = [...bases(en)].filter((key) => !code.includes(`"${key}"`) && !built.test(key));
  expect(unused).toEqual([]);
});
