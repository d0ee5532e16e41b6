import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { chromium, type Page } from 'playwright-core';

/** Of the page, which is nowhere: every request is answered here. */
const ORIGIN = 'http://localhost/';
const PAGE = '<!doctype html><meta charset="utf-8"><script type="module" src="main.js"></script>';
const WASM = 'node_modules/@tensorflow/tfjs-backend-wasm/dist/*.wasm';
const TIMEOUT_MS = 300_000;

export interface BrowserOptions {
  readonly executablePath: string;
  readonly signal: AbortSignal;
}

export interface BrowserRun {
  /** What the program logged, one call a line. */
  readonly output: string;
  /** Of the bundle. */
  readonly bytes: number;
}

/**
 * Bundles a program with the packages that are installed in `folder`, and runs it in a page of headless Chromium, with the files of wasm beside it.
 *
 * @throws what esbuild throws for a program that cannot be bundled, what the program throws in the page, and when the signal came.
 */
export async function runInBrowser(folder: string, program: string, { executablePath, signal }: BrowserOptions): Promise<BrowserRun> {
  const code = await bundled(folder, `${program}\nObject.assign(globalThis, { ended: true });\n`);
  signal.throwIfAborted();
  const browser = await chromium.launch({
    executablePath,
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    // On these it would end this process too, before that has cleaned up.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
  const close = (): void => void browser.close();
  signal.addEventListener('abort', close);
  try {
    const page = await browser.newPage();
    await serve(page, { code, wasm: globSync(WASM, { cwd: folder }).map((path) => join(folder, path)) });
    const lines: Promise<string>[] = [];
    page.on('console', (message) => {
      const values = message.args().map(async (value) => asText(await value.jsonValue()));
      lines.push(Promise.all(values).then((texts) => texts.join(' ')));
    });
    const failed = new Promise<never>((_, reject) => {
      page.on('pageerror', reject);
    });
    await page.goto(ORIGIN);
    await Promise.race([page.waitForFunction(() => 'ended' in globalThis, undefined, { timeout: TIMEOUT_MS }), failed]);
    return { output: (await Promise.all(lines)).join('\n'), bytes: code.length };
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', close);
    await browser.close();
  }
}

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

async function bundled(folder: string, contents: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: folder, loader: 'ts' },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2023',
    logLevel: 'silent',
  });
  return outputFiles[0]!.text;
}

async function serve(page: Page, { code, wasm }: { readonly code: string; readonly wasm: readonly string[] }): Promise<void> {
  await page.route('**/*', (route) => {
    const url = route.request().url();
    const file = wasm.find((path) => url === ORIGIN + basename(path));
    if (url === ORIGIN) return route.fulfill({ body: PAGE, contentType: 'text/html' });
    if (url === `${ORIGIN}main.js`) return route.fulfill({ body: code, contentType: 'text/javascript' });
    return file === undefined ? route.abort() : route.fulfill({ path: file, contentType: 'application/wasm' });
  });
}
