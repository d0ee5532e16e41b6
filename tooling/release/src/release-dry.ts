import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { findChromium } from '../../check/src/find-chromium.ts';
import { fewAtATime } from '../../check-packages/src/few-at-a-time.ts';
import { contentsFaults } from '../../check-packages/src/kept-lists.ts';
import { pack, type Packed } from '../../check-packages/src/pack.ts';
import { publishables } from '../../check-packages/src/publishable.ts';
import { checkConsumer } from './check-consumer.ts';
import { checkExamples } from './check-examples.ts';
import { copyTree } from './copy-tree.ts';
import { fetchNode, type FetchedNode } from './fetch-node.ts';
import { publish } from './publish.ts';
import { rangeFaults } from './range-faults.ts';
import { readmeLosses, readmeProgram, type ReadmeProgram } from './readme-program.ts';
import type { Report } from './report.ts';
import { runInBrowser } from './run-in-browser.ts';
import { runProgram } from './run-program.ts';
import { startRegistry, type Registry } from './start-registry.ts';
import { toolEnvironment } from './tool-environment.ts';
import { versionPackages } from './version-packages.ts';

export interface ReleaseDryOptions {
  /** Of the working tree, which is only read. */
  readonly root: string;
  /** Major versions of Node to use the release with. */
  readonly majors: readonly number[];
  readonly report: Report;
  readonly signal: AbortSignal;
}

interface Release {
  readonly tree: string;
  readonly packed: readonly Packed[];
}

/** Makes a release in an empty `folder`, publishes it to a registry of its own, and uses it from there. What fails ends what needs it. */
export async function releaseDry(folder: string, options: ReleaseDryOptions): Promise<void> {
  const { report } = options;
  const release = await makeRelease(folder, options);
  if (release === undefined) return;
  const home = join(folder, 'registry');
  await mkdir(home);
  const registry = await report.attempt('a registry of this machine alone', () => startRegistry(home));
  if (registry === undefined) return;
  try {
    await useRelease(folder, { ...options, release, registry });
  } finally {
    await registry.stop();
  }
}

async function makeRelease(folder: string, { root, report, signal }: ReleaseDryOptions): Promise<Release | undefined> {
  const tree = join(folder, 'tree');
  const copied = await report.attempt('a copy of the working tree', async () => {
    await copyTree(root, tree, signal);
    return true;
  });
  if (!copied) return undefined;
  const env = await toolEnvironment(join(folder, 'bin'));
  const installed = await report.attempt('pnpm install', async () => {
    await runProgram('pnpm', ['install', '--frozen-lockfile', '--ignore-scripts', '--prefer-offline'], { cwd: tree, env, signal });
    return true;
  });
  if (!installed) return undefined;
  const version = await report.attempt('changeset version', () => versionPackages(tree, { signal, env }));
  if (version === undefined) return undefined;
  const projects = publishables(tree);
  const built = await report.attempt('build', async () => {
    const compiler = join(tree, 'node_modules/typescript/bin/tsc');
    await runProgram(process.execPath, [compiler, '-b', ...projects.map((project) => project.folder)], { cwd: tree, signal });
    return true;
  });
  if (!built) return undefined;
  const packed = await report.attempt('pack', async () => {
    const tarballs = await fewAtATime(projects, async (project) => {
      signal.throwIfAborted();
      return pack(tree, folder, project);
    });
    const lists = await Promise.all(tarballs.map((one) => contentsFaults(tree, one)));
    const faults = [...rangeFaults(tarballs, version), ...lists.flat()];
    if (faults.length > 0) throw new Error(faults.join('\n'));
    return tarballs;
  });
  return packed && { tree, packed };
}

interface UseOptions extends ReleaseDryOptions {
  readonly release: Release;
  readonly registry: Registry;
}

async function useRelease(folder: string, options: UseOptions): Promise<void> {
  const { release, registry, majors, report, signal } = options;
  const { tree, packed } = release;
  const published = await report.attempt('npm publish', async () =>
    (await publish(join(folder, 'publisher'), { packed, registry, signal })).join(', '),
  );
  if (published === undefined) return;
  await checkExamples(join(folder, 'examples'), { tree, registry, report, signal });
  const readme = readmeProgram(tree);
  let installed: string | undefined;
  for (const major of majors) {
    const node = await nodeOf(join(folder, `node-${major}`), major, options);
    if (node === undefined) continue;
    const consumer = join(folder, `consumer-${major}`);
    if (await checkConsumer(consumer, { node, registry, packed, readme, report, signal })) installed ??= consumer;
  }
  if (installed !== undefined) await checkBrowser(installed, readme, options);
}

/** A Node that npm has, else a skip. */
async function nodeOf(folder: string, major: number, { report, signal }: ReleaseDryOptions): Promise<FetchedNode | undefined> {
  try {
    return await fetchNode(folder, major, signal);
  } catch (error) {
    signal.throwIfAborted();
    report.skip(`Node ${major}`, `npm has none that runs here\n${(error as Error).message}`);
    return undefined;
  }
}

async function checkBrowser(folder: string, { code }: ReadmeProgram, { report, signal }: ReleaseDryOptions): Promise<void> {
  const title = 'the program of the README, bundled, in a page';
  const executablePath = findChromium();
  if (executablePath === undefined) {
    report.skip(title, 'there is no Chromium; on Debian, apt install chromium');
    return;
  }
  await report.attempt(title, async () => {
    const { output, bytes } = await runInBrowser(folder, code, { executablePath, signal });
    return `${readmeLosses(output)}, ${(bytes / 1000).toFixed(0)} kB`;
  });
}
