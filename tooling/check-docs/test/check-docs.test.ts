import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { checkDocs } from '../src/check-docs.ts';
import { readFences } from '../src/fences.ts';
import { brokenLinks, headingAnchors } from '../src/links.ts';
import { snippetsOf } from '../src/snippets.ts';

const fenced = (info: string, code: string): string => `\`\`\`${info}\n${code}\n\`\`\`\n`;

const roots: string[] = [];
afterEach(() => {
  roots.splice(0).forEach((root) => rmSync(root, { recursive: true }));
  vi.restoreAllMocks();
});

function repository(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'd3pm-docs-'));
  roots.push(root);
  mkdirSync(join(root, 'docs'));
  const tsconfig = {
    compilerOptions: {
      strict: true,
      noEmit: true,
      module: 'nodenext',
      target: 'es2023',
      lib: ['es2023', 'dom'],
      types: [],
      allowImportingTsExtensions: true,
    },
  };
  writeFileSync(join(root, 'tsconfig.tests.json'), JSON.stringify(tsconfig));
  writeFileSync(join(root, 'package.json'), '{"type":"module"}');
  for (const [path, text] of Object.entries(files)) writeFileSync(join(root, path), text);
  return root;
}

describe('readFences', () => {
  it('finds ts blocks of every kind, and no other language, and none inside another block', () => {
    const page = [
      'text',
      fenced('ts', 'one'),
      fenced('js', 'no'),
      fenced('ts no-run', 'two'),
      '````md',
      fenced('ts', 'inner'),
      '````',
      fenced('ts continues', 'three'),
      fenced('ts file=a.test.ts', 'four'),
    ].join('\n');
    expect(readFences(page)).toEqual([
      { line: 2, code: 'one\n', run: true, continues: false, file: undefined },
      { line: 10, code: 'two\n', run: false, continues: false, file: undefined },
      { line: 20, code: 'three\n', run: true, continues: true, file: undefined },
      { line: 24, code: 'four\n', run: true, continues: false, file: 'a.test.ts' },
    ]);
  });

  it('refuses a word that it does not know, so that a misspelt no-run is not run', () => {
    expect(() => readFences(fenced('ts norun', ''))).toThrow('line 1: ts block with "norun"');
  });
});

describe('snippetsOf', () => {
  it('puts what a block continues before it, back to the last that does not', () => {
    const page = fenced('ts', 'a') + fenced('ts', 'b') + fenced('ts continues', 'c') + fenced('ts continues', 'd');
    expect(snippetsOf('docs/x.md', page).map(({ code }) => code)).toEqual([
      'a\nexport {};\n',
      'b\nexport {};\n',
      'b\nc\nexport {};\n',
      'b\nc\nd\nexport {};\n',
    ]);
  });

  it('names files by page and line, or as the block says, and picks the runner', () => {
    const page = fenced('ts', 'a') + fenced('ts file=q.ts no-run', 'b') + fenced('ts file=q.test.ts', 'c');
    expect(snippetsOf('docs/x.md', page).map(({ path, runner }) => [path, runner])).toEqual([
      ['docs-x/line-1.ts', 'node'],
      ['docs-x/q.ts', 'none'],
      ['docs-x/q.test.ts', 'vitest'],
    ]);
  });
});

describe('brokenLinks', () => {
  it('reports missing files and headings with their line, and leaves code and the web alone', () => {
    const page =
      '# A title\n[ok](README.md#a-title) [web](https://example.com/x)\n[gone](no.md)\n`[code](no.md)`\n![img](no.png "t")\n[h](#nowhere)\n<img src="none.svg">\n[out](../../x)\n';
    expect(brokenLinks(repository({ 'README.md': page }), 'README.md')).toEqual([
      'README.md:3: no.md does not exist',
      'README.md:5: no.png does not exist',
      'README.md:6: #nowhere: there is no such heading',
      'README.md:7: none.svg does not exist',
      'README.md:8: ../../x leaves the repository',
    ]);
  });

  it('makes anchors as code hosts do', () => {
    expect([...headingAnchors('# One `two`: three!\n## L_T and q(x_s)\n## Same\n## Same\n```\n# code\n```\n')]).toEqual([
      'one-two-three',
      'l_t-and-qx_s',
      'same',
      'same-1',
    ]);
  });
});

describe('checkDocs', () => {
  const silence = (): string[] => {
    const printed: string[] = [];
    vi.spyOn(console, 'log').mockImplementation((text: string) => void printed.push(text));
    return printed;
  };

  it('runs blocks and counts them', async () => {
    silence();
    const page =
      fenced('ts file=two.ts', 'export const two: number = 2;') +
      fenced('ts', "import { two } from './two.ts';\nif (two !== 2) throw new Error();") +
      fenced('ts no-run', "throw new Error('never');");
    expect(await checkDocs(repository({ 'README.md': page }))).toEqual({ passed: 6, failed: 0, skipped: [] });
  });

  it('fails on a block that throws, on one that does not compile, and names page and line', async () => {
    const printed = silence();
    const page = `text\n${fenced('ts', "throw new Error('thrown');")}${fenced('ts no-run', "export const n: number = 'one';")}`;
    expect(await checkDocs(repository({ 'README.md': page }))).toEqual({ passed: 3, failed: 2, skipped: [] });
    expect(printed.join('\n')).toMatch(/README\.md:2: the block failed[\s\S]*thrown/);
    expect(printed.join('\n')).toContain('README.md:5 → README/line-5.ts(1,14): error TS2322');
  });

  it('fails where there is nothing to run', async () => {
    silence();
    expect(await checkDocs(repository({ 'README.md': 'no code' }))).toEqual({ passed: 3, failed: 1, skipped: [] });
  });
});
