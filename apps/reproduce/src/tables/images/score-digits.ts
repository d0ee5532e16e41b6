/** Digits that are shown of a score without a standard error, by how its name begins. */
const DIGITS: Readonly<Record<string, number>> = { IS: 2, KID: 3, FID: 2 };

/** As many as show two of the standard error that are not 0; without one, as is customary for the score. */
export function scoreDigits(name: string, standardError: number | undefined): number {
  if (standardError === undefined || !(standardError > 0) || standardError === Infinity) return DIGITS[name.split('-')[0]!] ?? 3;
  return Math.max(0, 1 - Number(standardError.toExponential(1).split('e')[1]));
}
