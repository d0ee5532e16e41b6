import { configDefaults, defineConfig, mergeConfig } from 'vitest/config';
import workspace from './vitest.config.ts';

const { include: _, exclude: __, ...test } = workspace.test!;

/** The tests that need a Slurm, one after the other. `pnpm test:slurm` makes one and runs it. */
export default mergeConfig(
  defineConfig({ ...workspace, test }),
  defineConfig({
    test: {
      include: ['tooling/slurm/test/**/*.on-slurm.test.ts'],
      exclude: configDefaults.exclude,
      fileParallelism: false,
      testTimeout: 300_000,
      hookTimeout: 120_000,
    },
  }),
);
