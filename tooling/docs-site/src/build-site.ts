import { mkdir } from 'node:fs/promises';
import { runCaptured, repositoryRoot, toolPath } from '../../check/src/run-tool.ts';

export interface BuildSiteOptions {
  /** Relative to the root, as `docs/.vitepress/dist`, which is the default. */
  readonly folder?: string;
  /** The path that the site will have on its host. @defaultValue `D3PM_DOCS_BASE`, else / */
  readonly base?: string;
}

/**
 * Builds the site: the reference out of the sources, into docs/api, and all pages. The packages must have been built.
 *
 * @throws what typedoc or vitepress says of an export without documentation or a link that leads nowhere.
 */
export async function buildSite({ folder = 'docs/.vitepress/dist', base }: BuildSiteOptions = {}): Promise<void> {
  await makeReference();
  await mkdir(`${repositoryRoot}/${folder}`, { recursive: true });
  const args = ['build', 'docs', '--outDir', `${repositoryRoot}/${folder}`, ...(base === undefined ? [] : ['--base', base])];
  await run('vitepress', args);
}

/** Writes docs/api. */
export const makeReference = (): Promise<void> => run('typedoc', ['--options', 'tooling/docs-site/typedoc.json']);

async function run(tool: string, args: readonly string[]): Promise<void> {
  const { code, output } = await runCaptured(process.execPath, [toolPath(tool), ...args]);
  if (code !== 0) throw new Error(`${tool} ended with ${code}\n${output}`);
}
