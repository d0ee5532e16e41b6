import { D3pmError, quoted } from '@d3pm/core';

const MAX_CHARACTERS = 100;
/** A file system allows 255, and a temporary folder has a longer name than the one that it becomes. */
const MAX_BYTES = 200;
/** UTF-16 code units: few enough that the name is printed whole, and has at most 200 bytes. */
const MAX_SUGGESTED = 60;
/** Separators of paths, and what Windows allows in no name. */
const SIGNS = /[/\\<>:"|?*]/;
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/u;
const RESERVED = /^(con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³]|conin\$|conout\$) *(\..*)?$/i;

/**
 * Refuses a name that cannot be that of a run's folder on every system: empty, longer than 100 characters or 200 bytes of UTF-8, with one
 * of `/ \ < > : " | ? *`, `..`, a NUL or another character that is not seen, with a space or a dot at an end, or reserved by Windows.
 *
 * @throws {D3pmError} `INVALID_OPTIONS` with the reason and a name that would do.
 */
export function assertRunName(name: string): void {
  const problem = typeof name === 'string' ? nameProblem(name) : `it is ${name === null ? 'null' : `a value of type ${typeof name}`}`;
  if (problem === undefined) return;
  const shown = typeof name === 'string' ? `${quoted(name)} cannot name a run` : 'the name of a run';
  const cleaned = cleanedName(typeof name === 'string' ? name : '');
  throw new D3pmError('INVALID_OPTIONS', `assertRunName: ${shown}: ${problem}; ${quoted(cleaned)} would do`);
}

function nameProblem(name: string): string | undefined {
  if (name === '') return 'it is empty';
  const sign = SIGNS.exec(name)?.[0];
  if (sign !== undefined) return `it has the sign ${sign}`;
  const invisible = INVISIBLE.exec(name)?.[0];
  if (invisible !== undefined) return `it has the character U+${hex(invisible)}, which is not seen`;
  if (/^[\s.]|[\s.]$/.test(name)) return 'it begins or ends with a space or a dot';
  if (name.includes('..')) return 'it has two dots in a row';
  const length = Array.from(name).length;
  if (length > MAX_CHARACTERS) return `it has ${length} characters, expected at most ${MAX_CHARACTERS}`;
  const bytes = new TextEncoder().encode(name).length;
  if (bytes > MAX_BYTES) return `it has ${bytes} bytes in UTF-8, expected at most ${MAX_BYTES}`;
  return RESERVED.test(name) ? 'Windows reserves it' : undefined;
}

const hex = (character: string): string => character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');

function cleanedName(name: string): string {
  const plain = Array.from(name.slice(0, 4 * MAX_CHARACTERS), (character) =>
    INVISIBLE.test(character) || SIGNS.test(character) ? '-' : character,
  )
    .join('')
    .replace(/\.{2,}/g, '.')
    .replace(/-{2,}/g, '-')
    .replace(/^[\s.-]+/, '');
  let cut = '';
  for (const character of plain) {
    if (cut.length + character.length > MAX_SUGGESTED) break;
    cut += character;
  }
  const trimmed = cut.replace(/[\s.-]+$/, '');
  if (trimmed === '') return 'run';
  return RESERVED.test(trimmed) ? `run-${trimmed}` : trimmed;
}
