import { configDefaults, defineConfig, mergeConfig } from 'vitest/config';
import workspace from './vitest.config.ts';

const { include: _, exclude: __, ...test } = workspace.test!;

/** The tests that need a Slurm or two hosts, one after the other. `pnpm test:cluster` makes these and runs them. */
export default mergeConfig(
  defineConfig({ ...workspace, test }),
  defineConfig({
    test: {
      include: ['tooling/cluster/test/**/*.on-*.test.ts'],
      exclude: configDefaults.exclude,
      fileParallelism: false,
      testTimeout: 300_000,
      hookTimeout: 120_000,
    },
  }),
);
