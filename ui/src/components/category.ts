/** Categories of the knowledge base in words: the usual ones in the language of the page, any other as it was written. What is stored is never translated. */
import { useTranslation } from "react-i18next";
import type { Say, TextKey } from "../actions/action";

const usual = {
  pattern: "knowledge.pattern",
  solution: "knowledge.solution",
  practice: "knowledge.practice",
} as const satisfies Record<string, TextKey>;

type Usual = keyof typeof usual;
export const USUAL_CATEGORIES = Object.keys(usual) as readonly Usual[];

const isUsual = (category: string): category is Usual => Object.hasOwn(usual, category);

/** What a person reads of a category. */
export function categoryWord(category: string, t: Say): string {
  return isUsual(category) ? t(usual[category]) : category;
}

/** The category that a person means by what they typed: the word of a usual one is that one. */
export function categoryOf(typed: string, t: Say): string {
  const word = typed.trim().toLocaleLowerCase();
  return USUAL_CATEGORIES.find((each) => t(usual[each]).toLocaleLowerCase() === word) ?? typed;
}

export function Category({ of }: { of: string }): string {
  const { t } = useTranslation();
  return categoryWord(of, t);
}
