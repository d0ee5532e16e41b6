import { spawn } from 'node:child_process';
import { repositoryRoot, toolPath } from '../../check/src/run-tool.ts';
import { buildSite, makeReference } from './build-site.ts';
import { testSite } from './test-site.ts';

/**
 * `pnpm docs:build` makes the site in docs/.vitepress/dist, `pnpm docs:dev` serves it and follows changes of pages, and `pnpm test:docs-site [-t search]`
 * makes one to look at: its last line is `N passed, N failed`.
 */
const [verb = '', flag, pattern] = process.argv.slice(2);
const verbs: Readonly<Record<string, () => Promise<number>>> = {
  async build() {
    await buildSite();
    console.log('docs/.vitepress/dist');
    return 0;
  },
  async dev() {
    await makeReference();
    const server = spawn(process.execPath, [toolPath('vitepress'), 'dev', 'docs'], { cwd: repositoryRoot, stdio: 'inherit' });
    return new Promise((resolve, reject) => server.on('error', reject).on('close', (code) => resolve(code ?? 1)));
  },
  async test() {
    const { passed, failed, skipped } = await testSite(flag === '-t' ? pattern : undefined);
    console.log(`\n${passed} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`);
    return failed === 0 && passed > 0 ? 0 : 1;
  },
};

try {
  const act = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
  if (act === undefined) throw new Error(`docs-site: there is no "${verb}"; there are ${Object.keys(verbs).join(', ')}`);
  process.exitCode = await act();
} catch (error) {
  console.error((error as Error).message);
  if (verb === 'test') console.log('\n0 passed, 1 failed');
  process.exitCode = 1;
}
