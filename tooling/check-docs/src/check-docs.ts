import { existsSync, globSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { runCaptured, toolPath, type RunOutcome } from '../../check/src/run-tool.ts';
import type { StepResult } from '../../check/src/step-result.ts';
import { brokenLinks } from './links.ts';
import { paperMapFaults } from './paper-map.ts';
import { snippetsOf, type Snippet } from './snippets.ts';

/** Inside docs/, whose manifest depends on every package, so that a block imports what a reader would. */
const SNIPPET_FOLDER = 'docs/.snippets';
/** What blocks take for the temporary folder of the machine, so that nothing of theirs stays there. */
const TEMPORARY = '.tmp';
const SNIPPET_LIMIT_MS = 120_000;
const PAGES = ['*.md', 'packages/*/README.md', 'apps/*/README.md', 'docs/**/*.md'];

/** The pages that are checked, relative to the root. */
const pagesOf = (root: string): readonly string[] =>
  globSync(PAGES, { cwd: root, exclude: (path) => /(?:^|[\\/])(?:node_modules|api|\.snippets)$/.test(path) })
    .map((path) => path.replaceAll('\\', '/'))
    .sort();

/**
 * Compiles and runs every `ts` block of the documentation, follows its links, and holds the map of the paper against the code. Prints what fails. A run that finds
 * no block to run fails: a checker that checks nothing looks exactly like one that finds nothing.
 */
export async function checkDocs(root: string): Promise<StepResult> {
  const pages = pagesOf(root);
  const broken = pages.flatMap((page) => brokenLinks(root, page));
  const unmapped = existsSync(join(root, 'docs/paper-map.md')) ? paperMapFaults(root) : [];
  for (const message of [...broken, ...unmapped]) console.log(message);

  const snippets = pages.flatMap((page) => snippetsOf(page, readFileSync(join(root, page), 'utf8')));
  const folder = join(root, SNIPPET_FOLDER);
  await writeSnippets(folder, snippets);
  try {
    const types = await runCaptured(process.execPath, [toolPath('typescript', 'tsc'), '-p', folder, '--pretty', 'false'], { cwd: folder });
    if (types.code !== 0) console.log(withOrigins(types.output, snippets));
    const runs = await runAll(
      root,
      folder,
      snippets.filter(({ runner }) => runner !== 'none'),
    );
    const bad = runs.filter(({ outcome }) => outcome.code !== 0);
    for (const { snippet, outcome } of bad) console.log(`${snippet.origin}: the block failed (exit ${outcome.code})\n${outcome.output}`);
    const checks = [broken.length === 0, unmapped.length === 0, types.code === 0, runs.length > 0];
    console.log(`${pages.length} pages, ${snippets.length} blocks compiled, ${runs.length} run, ${bad.length} failed`);
    if (runs.length === 0) console.log('no block was run: the documentation has none, or the checker does not see them');
    return {
      passed: checks.filter(Boolean).length + runs.length - bad.length,
      failed: checks.filter((ok) => !ok).length + bad.length,
      skipped: [],
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeSnippets(folder: string, snippets: readonly Snippet[]): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(folder, TEMPORARY), { recursive: true });
  const tsconfig = {
    extends: '../../tsconfig.tests.json',
    compilerOptions: { incremental: false, tsBuildInfoFile: null, noUnusedLocals: false },
    include: ['**/*.ts'],
    references: [],
  };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
  for (const { path, code } of snippets) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), code);
  }
}

interface SnippetRun {
  readonly snippet: Snippet;
  readonly outcome: RunOutcome;
}

async function runAll(root: string, folder: string, snippets: readonly Snippet[]): Promise<readonly SnippetRun[]> {
  const waiting = [...snippets];
  const runs: SnippetRun[] = [];
  const worker = async (): Promise<void> => {
    for (let snippet = waiting.shift(); snippet !== undefined; snippet = waiting.shift()) {
      runs.push({ snippet, outcome: await runSnippet(root, folder, snippet) });
    }
  };
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, worker));
  return runs;
}

function runSnippet(root: string, folder: string, { path, runner }: Snippet): Promise<RunOutcome> {
  const file = join(folder, path);
  const args =
    runner === 'vitest'
      ? [toolPath('vitest'), 'run', '--root', dirname(file), '--config', join(root, 'tooling/check-docs/vitest.snippet.config.ts'), file]
      : [file];
  return runCaptured(process.execPath, args, { cwd: dirname(file), env: { TMPDIR: join(folder, TEMPORARY) }, timeoutMs: SNIPPET_LIMIT_MS });
}

/** Compiler messages name the written file; a reader wants the page. */
function withOrigins(output: string, snippets: readonly Snippet[]): string {
  return snippets.reduce((text, { path, origin }) => text.replaceAll(`${path}(`, `${origin} → ${path}(`), output);
}
