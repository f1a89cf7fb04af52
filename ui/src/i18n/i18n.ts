/**
 * Languages of the interface. English is the source: its keys are the type of every other file.
 *
 * English is in the first bundle, but for places that are opened later (`late.ts`); the others are
 * fetched from the same origin when chosen.
 */
import i18next, { type i18n } from "i18next";
import { initReactI18next } from "react-i18next";
import en from "./en.json";
import type late from "./en-late.json";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "app";
    resources: { app: typeof en & typeof late };
  }
}

export const languages = { en: "English", de: "Deutsch", he: "עברית", id: "Bahasa Indonesia" } as const;
export type Language = keyof typeof languages;

const KEY = "krake.language";

const files: Record<Exclude<Language, "en">, () => Promise<{ default: object }>> = {
  de: () => import("./de.json"),
  he: () => import("./he.json"),
  id: () => import("./id.json"),
};

/** Starts with the language that was chosen before, else the system's where we speak it. */
export async function startLanguages(): Promise<i18n> {
  await i18next.use(initReactI18next).init({
    lng: "en",
    fallbackLng: "en",
    defaultNS: "app",
    resources: { en: { app: en } },
    interpolation: { escapeValue: false },
  });
  await speak(rememberedLanguage());
  return i18next;
}

/** Switches language and reading direction of the page and remembers it. */
export async function chooseLanguage(language: Language): Promise<void> {
  window.localStorage.setItem(KEY, language);
  await speak(language);
}

export function directionOf(language: string): "ltr" | "rtl" {
  return language.startsWith("he") ? "rtl" : "ltr";
}

async function speak(language: Language): Promise<void> {
  if (language !== "en" && !i18next.hasResourceBundle(language, "app")) {
    i18next.addResourceBundle(language, "app", (await files[language]()).default);
  }
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
  document.documentElement.dir = directionOf(language);
}

function rememberedLanguage(): Language {
  const wanted = [window.localStorage.getItem(KEY), ...navigator.languages];
  for (const tag of wanted) {
    const language = tag?.split("-")[0]?.replace("iw", "he");
    if (language !== undefined && language in languages) return language as Language;
  }
  return "en";
}
