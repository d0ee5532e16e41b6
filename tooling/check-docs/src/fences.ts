/** A fenced block of TypeScript in a Markdown file. */
export interface Fence {
  /** Line of the opening fence, 1-based. */
  readonly line: number;
  readonly code: string;
  /** `no-run` in the info string: compiled, not run. */
  readonly run: boolean;
  /** `continues`: the blocks above it in this file, up to the last that does not continue, come first. */
  readonly continues: boolean;
  /** `file=name.ts`: other blocks of this page may import it; a name that ends in .test.ts is run by vitest. */
  readonly file: string | undefined;
}

const OPENING = /^(?<indent> {0,3})(?<ticks>`{3,}|~{3,})\s*(?<info>[^`]*)$/;

/** Every block of a Markdown text whose info string starts with `ts`. Throws on a word that it does not know. */
export function readFences(markdown: string): readonly Fence[] {
  const lines = markdown.split(/\r?\n/);
  const fences: Fence[] = [];
  for (let at = 0; at < lines.length; at++) {
    const { indent = '', ticks, info = '' } = OPENING.exec(lines[at] ?? '')?.groups ?? {};
    if (ticks === undefined) continue;
    const start = at + 1;
    const isEnd = (line: string): boolean => line.trim().startsWith(ticks) && line.trim().replaceAll(ticks[0] ?? '', '') === '';
    do at++;
    while (at < lines.length && !isEnd(lines[at] ?? ''));
    const [language, ...words] = info.trim().split(/\s+/);
    if (language !== 'ts' && language !== 'typescript') continue;
    const code = lines.slice(start, at).map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line.trimStart()));
    fences.push({ line: start, code: `${code.join('\n')}\n`, ...readWords(words, start) });
  }
  return fences;
}

function readWords(words: readonly string[], line: number): Pick<Fence, 'run' | 'continues' | 'file'> {
  const file = words.find((word) => word.startsWith('file='))?.slice('file='.length);
  const unknown = words.filter((word) => word !== 'no-run' && word !== 'continues' && !/^file=[\w.-]+\.ts$/.test(word));
  if (unknown.length > 0) throw new Error(`line ${line}: ts block with "${unknown.join(' ')}"; known are no-run, continues, file=name.ts`);
  return { run: !words.includes('no-run'), continues: words.includes('continues'), file };
}
