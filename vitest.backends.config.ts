import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig, mergeConfig } from 'vitest/config';
import workspace from './vitest.config.ts';

const engine = process.env['D3PM_ENGINE'] ?? '';
const { exclude: _, ...test } = workspace.test!;

/**
 * The tests of the workspace on the engine that D3PM_ENGINE names, whatever they would have taken by themselves; those for that engine
 * alone, `*.on-<engine>.test.ts`, too. `pnpm test:backends` runs it.
 */
export default mergeConfig(
  defineConfig({ ...workspace, test }),
  defineConfig({
    test: {
      env: { D3PM_ENGINE: engine },
      exclude: [...configDefaults.exclude, `**/*.on-!(${engine}).test.ts`],
      setupFiles: [fileURLToPath(new URL('tooling/backends/src/prepare.ts', import.meta.url))],
      // A driver in software computes some operations a hundred times slower.
      testTimeout: 300_000,
    },
  }),
);
