import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';

const packages = readdirSync(new URL('packages/', import.meta.url));
const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Tests read the TypeScript sources, so that a change needs no build to be tested. */
export default defineConfig({
  resolve: {
    alias: packages.flatMap((name) => [
      { find: new RegExp(`^@d3pm/${name}$`), replacement: source(`packages/${name}/src/index.ts`) },
      { find: new RegExp(`^@d3pm/${name}/(testing|node|native)$`), replacement: source(`packages/${name}/src/$1/index.ts`) },
      { find: new RegExp(`^@d3pm/${name}/(register|default-registry)$`), replacement: source(`packages/${name}/src/$1.ts`) },
    ]),
  },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'apps/*/test/**/*.test.ts', 'tooling/*/test/**/*.test.ts', 'docs/examples/**/*.test.ts'],
    exclude: [...configDefaults.exclude, '**/*.on-*.test.ts'],
    // The same engine on every machine, whatever it has. `pnpm test:backends` is for the others, and for `*.on-<engine>.test.ts`.
    env: { D3PM_ENGINE: 'wasm' },
    testTimeout: 60_000,
    maxWorkers: 2,
  },
});
