/** Tokens and money for people: short, in the language of the page. */

/** `41K`, `1.2M`: short enough for a figure; the exact number stands in the table. */
export function shortCount(count: number, language: string): string {
  return new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 1 }).format(count);
}

export function exactCount(count: number, language: string): string {
  return new Intl.NumberFormat(language).format(count);
}

/** USD without its word; what is less than a cent keeps two digits that say something. */
export function usd(amount: number, language: string): string {
  const small = amount > 0 && amount < 0.01;
  return new Intl.NumberFormat(
    language,
    small ? { maximumSignificantDigits: 2 } : { minimumFractionDigits: 2, maximumFractionDigits: 2 },
  ).format(amount);
}
