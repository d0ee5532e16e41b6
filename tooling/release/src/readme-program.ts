import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { snippetsOf } from '../../check-docs/src/snippets.ts';

const PAGE = 'README.md';
/** Texts that the program prints at its end, and their length. */
const TEXTS = 4;
const CHARACTERS = 36;

export interface ReadmeProgram {
  readonly code: string;
  /** What somebody has to install for it, peers left out. */
  readonly packages: readonly string[];
}

/** The program on the first page, with the packages that it imports. */
export function readmeProgram(root: string): ReadmeProgram {
  const [snippet] = snippetsOf(PAGE, readFileSync(join(root, PAGE), 'utf8')).filter(({ runner }) => runner === 'node');
  if (snippet === undefined) throw new Error(`readmeProgram: ${PAGE} has no program`);
  const packages = [...snippet.code.matchAll(/ from '(?<name>@d3pm\/[^/']+)/g)].map(({ groups }) => groups!['name']!);
  return { code: snippet.code, packages: [...new Set(packages)] };
}

/**
 * The losses of a run of that program, as `5.10 → 1.27 bits`.
 *
 * @throws where it printed no falling loss, or not its texts.
 */
export function readmeLosses(output: string): string {
  const losses = [...output.matchAll(/^\d+ (?<loss>\d+\.\d\d)$/gm)].map(({ groups }) => groups!['loss']!);
  const [first, last] = [losses[0], losses.at(-1)];
  if (first === undefined || last === undefined || Number(last) >= Number(first)) {
    throw new Error(`the losses are ${losses.join(', ')}, expected falling ones, in\n${output}`);
  }
  const texts = output.match(new RegExp(`['"][a-z ]{${CHARACTERS}}['"]`, 'g')) ?? [];
  if (texts.length !== TEXTS) throw new Error(`${texts.length} texts of ${CHARACTERS} characters, expected ${TEXTS}, in\n${output}`);
  return `${first} → ${last} bits`;
}
