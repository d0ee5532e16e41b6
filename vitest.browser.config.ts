import { configDefaults, defineConfig, mergeConfig } from 'vitest/config';
import workspace from './vitest.config.ts';

const { include: _, exclude: __, ...test } = workspace.test!;

/** The tests of pages in a real browser, one file after the other; they need a build and a Chromium. `pnpm test:browser` makes the first and finds the second. */
export default mergeConfig(
  defineConfig({ ...workspace, test }),
  defineConfig({
    test: {
      include: ['apps/*/test/**/*.on-browser.test.ts'],
      exclude: configDefaults.exclude,
      fileParallelism: false,
      testTimeout: 300_000,
      hookTimeout: 120_000,
    },
  }),
);
