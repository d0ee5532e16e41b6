import type { JsonValue } from '../checkpoint/json-value.ts';
import type { ConfigDifference } from './config-difference.ts';

const MAX_LINES = 20;
const MAX_SHOWN = 60;
const MAX_PATH = 120;

export interface DifferenceWords {
  readonly before: string;
  readonly after: string;
}

/**
 * Differences as a person reads them, one a line: `transition.options.numStates: 27 before, 28 now`, and `absent` for what is not there.
 * `words` may stand for "before" and "now". Long values are shortened, after 20 lines the rest is counted, and nothing invisible from a file is printed as it is.
 */
export function explainDifference(
  differences: readonly ConfigDifference[],
  words: DifferenceWords = { before: 'before', after: 'now' },
): string {
  if (differences.length === 0) return 'no difference';
  const lines = differences.slice(0, MAX_LINES).map(({ path, before, after }) => {
    const place = path === '' ? 'all of it' : shortened(path, MAX_PATH);
    return `${place}: ${shown(before)} ${words.before}, ${shown(after)} ${words.after}`;
  });
  const rest = differences.length - lines.length;
  return [...lines, ...(rest === 0 ? [] : [`… and ${rest} more`])].join('\n');
}

const shown = (value: JsonValue | undefined): string => (value === undefined ? 'absent' : shortened(JSON.stringify(value), MAX_SHOWN));

/** The middle is left out, so that both ends of a path or a list can be seen. */
function shortened(text: string, limit: number): string {
  const characters = Array.from(text.length > 4 * limit ? `${text.slice(0, 2 * limit)}${text.slice(-2 * limit)}` : text);
  const half = Math.floor((limit - 1) / 2);
  const short = characters.length > limit ? [...characters.slice(0, half), '…', ...characters.slice(-half)] : characters;
  return short
    .join('')
    .replace(
      /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}]/gu,
      (character) => `\\u{${character.codePointAt(0)!.toString(16).toUpperCase()}}`,
    );
}
