import { join } from 'node:path';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../../check/src/run-tool.ts';
import { findChromium } from '../../check/src/find-chromium.ts';
import { TESTED_SITE } from '../src/tested-site.ts';
import { fileAt } from './built-page.ts';

const ORIGIN = 'http://docs.test';
const chromiumPath = findChromium();

interface OpenPage {
  readonly page: Page;
  /** Errors of the page, and requests of anything that is not a file of the site. */
  readonly complaints: readonly string[];
}

describe.skipIf(chromiumPath === undefined)('read in Chromium', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: chromiumPath!, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
  });
  afterAll(() => browser.close());

  /** Serves the files of the site, and nothing else that is asked for. */
  async function open(path: string, options: BrowserContextOptions = {}): Promise<OpenPage> {
    const context = await browser.newContext(options);
    const complaints: string[] = [];
    await context.route('**', async (route) => {
      const url = new URL(route.request().url());
      const file = url.origin === ORIGIN ? fileAt(url.pathname, '') : undefined;
      if (file !== undefined) return route.fulfill({ path: join(repositoryRoot, TESTED_SITE.folder, file) });
      complaints.push(`request of ${url.href}`);
      return route.abort();
    });
    const page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    await page.goto(`${ORIGIN}${TESTED_SITE.base}${path}`, { waitUntil: 'networkidle' });
    return { page, complaints };
  }

  it.each(['', 'start.html', 'concepts.html', 'api/core.html', 'results/table-1/report.html', 'packages/core.html'])(
    'shows /%s without a complaint or a request of another host',
    async (path) => {
      const { page, complaints } = await open(path);
      expect(await page.locator('h1').count()).toBe(1);
      expect(complaints).toEqual([]);
    },
  );

  it('finds a function and a formula by the search of the site', async () => {
    const { page, complaints } = await open('');
    for (const [words, expected] of [
      ['posteriorLogProbs', 'api/core'],
      ['hybrid loss', 'concepts'],
    ] as const) {
      await page.keyboard.press('Control+k');
      await page.locator('.search-input').fill(words);
      await page.locator(`.results a[href*="${expected}"]`).first().waitFor();
      await page.keyboard.press('Escape');
    }
    expect(complaints).toEqual([]);
  });

  it('goes from page to page by the navigation', async () => {
    const { page, complaints } = await open('');
    await page.locator('.VPSidebar').getByRole('link', { name: 'Concepts' }).click();
    await page.locator('h1', { hasText: 'Concepts' }).waitFor();
    await page.locator('.vp-doc').getByRole('link', { name: 'Notation' }).first().click();
    await page.locator('h1', { hasText: 'Notation' }).waitFor();
    expect(page.url()).toBe(`${ORIGIN}${TESTED_SITE.base}notation.html`);
    expect(complaints).toEqual([]);
  });

  it.each(['', 'how-to-choose-a-transition.html', 'concepts.html', 'reliability.html', 'api/core.html'])(
    'fits /%s into 360 pixels: tables and blocks move, the page does not',
    async (path) => {
      const { page } = await open(path, { viewport: { width: 360, height: 740 } });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    },
  );

  it('is dark where the system is', async () => {
    const { page } = await open('concepts.html', { colorScheme: 'dark' });
    const [background, text] = await page.evaluate(() => {
      const { backgroundColor, color } = getComputedStyle(document.body);
      return [backgroundColor, color].map((value) => Number(/\d+/.exec(value)?.[0]));
    });
    expect(background).toBeLessThan(60);
    expect(text).toBeGreaterThan(180);
  });
});
