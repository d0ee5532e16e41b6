import { readFences } from './fences.ts';

/** A program made from the blocks of one page. */
export interface Snippet {
  /** Page and line it comes from, as `docs/notation.md:12`. */
  readonly origin: string;
  /** Where it is written, relative to the folder of all snippets: `<page>/<name>.ts`. */
  readonly path: string;
  readonly code: string;
  readonly runner: 'node' | 'vitest' | 'none';
}

/** The programs of a page. A block that continues is a program of its own, with what it continues before it. */
export function snippetsOf(page: string, markdown: string): readonly Snippet[] {
  const folder = page.replace(/\.md$/, '').replaceAll(/[^\w-]+/g, '-');
  let above = '';
  return readFences(markdown).map(({ line, code, run, continues, file }): Snippet => {
    above = continues ? above + code : code;
    const runner = !run ? 'none' : file?.endsWith('.test.ts') === true ? 'vitest' : 'node';
    // `export {}` makes a module of a block that imports nothing, so that two blocks may declare one name.
    return { origin: `${page}:${line}`, path: `${folder}/${file ?? `line-${line}.ts`}`, code: `${above}export {};\n`, runner };
  });
}
