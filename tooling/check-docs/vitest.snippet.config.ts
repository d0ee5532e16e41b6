import { defineConfig } from 'vitest/config';

/** A test block of the documentation runs as a reader's would: against the built packages, with no alias. */
export default defineConfig({ test: { include: ['*.test.ts'], testTimeout: 60_000 } });
