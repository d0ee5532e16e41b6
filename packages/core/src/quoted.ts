const MOST_SHOWN = 120;

/** A name or text from a file or a server, as an error may print it: in quotes, on one line, nothing invisible in it, its middle left out beyond 120 characters. */
export function quoted(text: string): string {
  const shown = text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN / 2)}…${text.slice(-MOST_SHOWN / 2)}` : text;
  return JSON.stringify(shown).replace(
    /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)!.toString(16).toUpperCase()}}`,
  );
}
