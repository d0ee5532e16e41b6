import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { importables, importsProgram } from '../../check-packages/src/imports-program.ts';
import type { Packed } from '../../check-packages/src/pack.ts';
import type { FetchedNode } from './fetch-node.ts';
import { lockFaults, type Lock } from './lock-faults.ts';
import { readmeLosses, type ReadmeProgram } from './readme-program.ts';
import type { Report } from './report.ts';
import { runProgram } from './run-program.ts';
import type { Registry } from './start-registry.ts';

export interface ConsumerOptions {
  readonly node: FetchedNode;
  readonly registry: Registry;
  readonly packed: readonly Packed[];
  readonly readme: ReadmeProgram;
  readonly report: Report;
  readonly signal: AbortSignal;
}

/** A run of seconds. */
const TINY = `data: { name: moby-dick, length: 16 }
transition: { name: absorbing }
schedule: { name: inverse-remaining, numSteps: 8 }
model: { name: transformer, numChannels: 8, numBlocks: 1, numHeads: 2 }
loss: { name: exact-count }
training: { numSteps: 12, batchSize: 8, eventEvery: 2 }
evaluation: { samples: 2, testExamples: 8 }
saving: { every: 4 }
`;
const INSTALL = ['install', '--engine-strict', '--strict-peer-deps', '--prefer-online', '--no-audit', '--no-fund', '--no-update-notifier'];

/**
 * What somebody does first who has that Node and an empty folder: installs from the registry, looks at what the machine can do, runs the quick
 * start, trains, and runs the program of the first page. `folder` is made for it. Returns whether it could be installed.
 */
export async function checkConsumer(folder: string, options: ConsumerOptions): Promise<boolean> {
  const { node, registry, packed, readme, report, signal } = options;
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    PATH: `${node.bin}${delimiter}${process.env['PATH'] ?? ''}`,
    D3PM_CACHE: join(folder, 'cache'),
  };
  delete env['D3PM_ENGINE'];
  const run = (command: string, ...args: readonly string[]): Promise<string> => runProgram(command, args, { cwd: folder, env, signal });
  const d3pm = (...args: readonly string[]): Promise<string> => run('npx', '--no', 'd3pm', ...args);
  const attempt = <T>(title: string, work: () => Promise<T>): Promise<T | undefined> =>
    report.attempt(`Node ${node.version}: ${title}`, work);

  await mkdir(folder);
  await writeFile(join(folder, '.npmrc'), registry.npmrc);
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'consumer', private: true }));
  const installed = await attempt('npm install @d3pm/reproduce, and what the README imports', async () => {
    await run('npm', ...INSTALL, '@d3pm/reproduce', ...readme.packages);
    const lock = JSON.parse(await readFile(join(folder, 'package-lock.json'), 'utf8')) as Lock;
    const faults = lockFaults(lock, new Map(packed.map(({ manifest, file }) => [manifest.name, integrityOf(file)])));
    if (faults.length > 0) throw new Error(faults.join('\n'));
    return `${Object.keys(lock.packages).length - 1} packages`;
  });
  if (installed === undefined) return false;

  await attempt('every import', async () => {
    await writeFile(join(folder, 'imports.mts'), importsProgram(packed.flatMap(({ manifest }) => importables(manifest))));
    await run('node', 'imports.mts');
  });
  await attempt('npx d3pm doctor --json', async () => chosenEngine(await d3pm('doctor', '--json'), node.version));
  await attempt('npx d3pm quickstart --smoke', async () => {
    await d3pm('quickstart', '--smoke', '--quiet', '--out', 'runs/quickstart');
    const page = await readFile(join(folder, 'runs/quickstart/index.html'), 'utf8');
    if (!page.includes('figure-1')) throw new Error('runs/quickstart/index.html does not have Figure 1');
  });
  await attempt('npx d3pm train tiny.yaml', async () => {
    await writeFile(join(folder, 'tiny.yaml'), TINY);
    await d3pm('train', 'tiny.yaml', '--quiet', '--out', 'runs/tiny');
    await readFile(join(folder, 'runs/tiny/ckpt-00000012/model.safetensors'));
  });
  await attempt('the program of the README', async () => {
    await writeFile(join(folder, 'readme.mts'), readme.code);
    return readmeLosses(await run('node', 'readme.mts'));
  });
  return true;
}

const integrityOf = (file: string): string => `sha512-${createHash('sha512').update(readFileSync(file)).digest('base64')}`;

interface Diagnosis {
  readonly node: { readonly version: string; readonly supported: boolean };
  readonly chosen: { readonly name: string };
}

function chosenEngine(json: string, nodeVersion: string): string {
  const { node, chosen } = JSON.parse(json) as Diagnosis;
  if (node.version !== nodeVersion || !node.supported) {
    throw new Error(`d3pm doctor says of Node: ${JSON.stringify(node)}, expected ${nodeVersion}, which is supported`);
  }
  return chosen.name;
}
