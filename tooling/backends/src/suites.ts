import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine } from './engines.ts';

export interface Suite {
  readonly name: string;
  readonly title: string;
  /** Globs of test files. Those that make no tensor are left out: an engine is nothing to them. */
  readonly files: readonly string[];
  /** Why a routine run leaves it out on an engine; `--full` does not. */
  readonly skippedOn?: Partial<Record<Engine['name'], string>>;
}

export const suites: readonly Suite[] = [
  { name: 'laws', title: 'transition laws', files: ['tooling/integration/test/laws-*.test.ts'] },
  {
    name: 'families',
    title: 'transition families',
    files: ['packages/transitions/test/**/*.test.ts'],
    skippedOn: {
      webgpu: 'five minutes on a driver in software; the laws above try every family there',
      cpu: 'the engine that `npm test` runs them on',
    },
  },
  {
    name: 'losses',
    title: 'posterior and losses',
    files: ['packages/core/test/**/*.test.ts'],
  },
  {
    name: 'oracle',
    title: 'exact oracle',
    files: ['tooling/integration/test/{oracle-!(sampling),train-losses,bridges-bert}.test.ts'],
    skippedOn: { webgpu: 'more than ten minutes on a driver in software; the laws and the losses above are tried there' },
  },
  {
    name: 'samplers',
    title: 'laws of samplers',
    files: ['tooling/integration/test/{samplers-*,oracle-sampling}.test.ts'],
    skippedOn: { webgpu: 'they draw on the host, from the reverse steps that the oracle tests there; minutes on a driver in software' },
  },
  {
    name: 'gradients',
    title: 'gradients',
    files: ['packages/engine/test/gradients.test.ts', 'tooling/integration/test/transitions-gradients.test.ts'],
  },
  { name: 'kernels', title: 'kernels', files: ['packages/engine/test/kernels.test.ts', 'packages/engine/test/**/*.on-{engine}.test.ts'] },
  { name: 'probabilities', title: 'probabilities', files: ['tooling/backends/test/probabilities.test.ts'] },
  { name: 'training', title: 'training', files: ['tooling/backends/test/training.test.ts'] },
];

/** The files of a suite on an engine, relative to `root`. */
export function filesOf(root: string, { files }: Suite, engine: string): readonly string[] {
  return files
    .flatMap((pattern) => globSync(pattern.replace('{engine}', engine), { cwd: root, exclude: (path) => path.endsWith('node_modules') }))
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => MAKES_TENSORS.test(readFileSync(join(root, file), 'utf8')))
    .sort();
}

/** A file that takes a back end, or leaves it to the run: as a whole package does that needs none of its own. */
const MAKES_TENSORS = /@tensorflow\/tfjs|prepareEngine|'\.\.?\/engine\.ts'/;
