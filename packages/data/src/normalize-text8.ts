const DIGITS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'] as const;

/**
 * Any English prose as text8 has it: lower case, digits spelled out one by one, and every run of
 * other characters one space. Accented letters count as other characters. Idempotent.
 */
export function normalizeText8(text: string): string {
  return text
    .replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
    .replace(/[0-9]/g, (digit) => ` ${DIGITS[Number(digit)]!} `)
    .replace(/[^a-z]+/g, ' ');
}
