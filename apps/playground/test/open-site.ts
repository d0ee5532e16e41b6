import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { findChromium } from '../tools/find-chromium.ts';
import { serveSite } from '../tools/serve-site.ts';

/** The page, opened in a browser as somebody would who got a link. */
export interface OpenPage {
  readonly page: Page;
  /** Of the document, without what comes after `#`. */
  readonly url: string;
  /** Every address that was asked for. */
  readonly requests: readonly string[];
  /** What went wrong in the page and in its workers, and every request that left this machine. */
  readonly complaints: readonly string[];
}

export interface Site {
  open(options?: BrowserContextOptions & { readonly hash?: string }): Promise<OpenPage>;
  close(): Promise<void>;
}

/** Serves what `pnpm build` has made, not at the root of the server, and starts Chromium. */
export async function startSite(extraArgs: readonly string[] = []): Promise<Site> {
  const server = await serveSite(fileURLToPath(new URL('../site/', import.meta.url)), { path: '/some/where/' });
  const browser = await chromium.launch({ executablePath: findChromium()!, args: [...sandbox(), ...extraArgs] });
  return {
    open: ({ hash = '', ...options } = {}) => openPage(browser, server.url, { hash, options }),
    close: async () => {
      await browser.close();
      await server.stop();
    },
  };
}

/** Chromium gives root no sandbox. */
const sandbox = (): readonly string[] => (process.getuid?.() === 0 ? ['--no-sandbox'] : []);

async function openPage(
  browser: Browser,
  url: string,
  { hash, options }: { readonly hash: string; readonly options: BrowserContextOptions },
): Promise<OpenPage> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const requests: string[] = [];
  const complaints: string[] = [];
  context.on('request', (request) => {
    requests.push(request.url());
    if (!request.url().startsWith(url) && !request.url().startsWith('data:')) complaints.push(`request of ${request.url()}`);
  });
  context.on('requestfailed', (request) => complaints.push(`failed: ${request.url()}`));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (['error', 'warning', 'assert'].includes(message.type())) complaints.push(message.text());
  });
  await page.goto(`${url}${hash}`);
  return { page, url, requests, complaints };
}

/** Waits for the picture of the last choices, or for what is said in its place. */
export async function settled(page: Page): Promise<void> {
  await page.waitForSelector('#forward-stage[aria-busy="false"]');
}

/** Waits for a text in an element. */
export async function waitForText(page: Page, selector: string, text: RegExp): Promise<void> {
  const { source, flags } = text;
  await page.waitForFunction(
    ({ selector, source, flags }) => new RegExp(source, flags).test(document.querySelector(selector)?.textContent ?? ''),
    { selector, source, flags },
    { timeout: 240_000 },
  );
}
