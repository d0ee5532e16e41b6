import { configDefaults, defineConfig, mergeConfig } from 'vitest/config';
import workspace from './vitest.config.ts';

const { include: _, exclude: __, ...test } = workspace.test!;

/** The tests of the documentation as a site. `pnpm test:docs-site` builds it and runs them. */
export default mergeConfig(
  defineConfig({ ...workspace, test }),
  defineConfig({
    test: {
      include: ['tooling/docs-site/test/**/*.on-site.test.ts'],
      exclude: configDefaults.exclude,
      testTimeout: 180_000,
      hookTimeout: 180_000,
    },
  }),
);
