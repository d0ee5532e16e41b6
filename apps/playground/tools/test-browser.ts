import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startVitest } from 'vitest/node';
import { buildSite } from './build-site.ts';
import { findChromium } from './find-chromium.ts';

/**
 * `pnpm test:browser [-t keyboard]`: builds the playground, and looks at it and at `d3pm dash` in headless Chromium. Without one it is skipped, and
 * with `CI=true` fails. The last line is `N passed, N failed`.
 */
const root = fileURLToPath(new URL('../../../', import.meta.url));
const site = fileURLToPath(new URL('../site/', import.meta.url));

const { passed, failed, skipped } = await counts();
console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exit(failed === 0 && passed + skipped > 0 ? 0 : 1);

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

async function counts(): Promise<Counts> {
  const chromium = findChromium();
  if (chromium === undefined) {
    const isRequired = process.env['CI'] === 'true';
    console.log(`pages in a browser ${isRequired ? 'FAILED' : 'skipped'}: there is no Chromium; on Debian, apt install chromium`);
    return { passed: 0, failed: Number(isRequired), skipped: Number(!isRequired) };
  }
  process.env['D3PM_CHROMIUM'] ??= chromium;
  try {
    await buildSite(site);
    return await runTests();
  } catch (error) {
    console.log((error as Error).message);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

/** A run that fails without a failed test counts as one. */
async function runTests(): Promise<Counts> {
  const [flag, pattern] = process.argv.slice(2);
  const vitest = await startVitest('test', [], {
    root,
    config: join(root, 'vitest.browser.config.ts'),
    reporters: ['verbose'],
    watch: false,
    ...(flag === '-t' && pattern !== undefined && { testNamePattern: pattern }),
  });
  const modules = vitest.state.getTestModules();
  const states = modules.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state));
  const count = (state: string): number => states.filter((each) => each === state).length;
  const isGood = modules.length > 0 && modules.every((module) => module.ok()) && vitest.state.getUnhandledErrors().length === 0;
  await vitest.close();
  return { passed: count('passed'), failed: isGood ? 0 : Math.max(1, count('failed')), skipped: count('skipped') };
}
