import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { settled, startSite, waitForText, type Site } from './open-site.ts';

let site: Site;
beforeAll(async () => void (site = await startSite()));
afterAll(() => site.close());

interface AxeResult {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
  readonly passes: readonly unknown[];
}

/** What axe-core finds against the rules of WCAG 2.2, level AA. */
async function faultsOf(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const { violations, passes } = (await page.evaluate(
    `axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })`,
  )) as AxeResult;
  expect(passes.length).toBeGreaterThan(20);
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const { activeElement: element } = document;
    return element instanceof HTMLInputElement && element.type === 'radio' ? `data=${element.value}` : (element?.id ?? '');
  });

describe('without a mouse', () => {
  it('every control is reached in the order of the page, and is seen to have the focus', async () => {
    const { page } = await site.open();
    await settled(page);
    const order: string[] = [];
    for (let i = 0; i < 16; i++) {
      await page.keyboard.press('Tab');
      order.push(await focused(page));
      const isSeen = await page.evaluate(() => {
        const element = document.activeElement!;
        const shown = element instanceof HTMLInputElement && element.type === 'radio' ? element.nextElementSibling! : element;
        return getComputedStyle(shown).outlineStyle !== 'none' && shown.getBoundingClientRect().left >= 0;
      });
      expect(isSeen, order.at(-1)!).toBe(true);
    }
    expect(order.filter((id) => id !== '')).toEqual([
      'share',
      'data=swiss-roll',
      'family',
      'schedule',
      'start',
      'stop',
      'steps',
      'levels',
      'seed',
      't',
      'play',
      'updates',
      'engine',
      'train',
      'files',
    ]);
  });

  it('data, step and training are a matter of keys', async () => {
    const { page, complaints } = await site.open({ hash: '#v=1&levels=8&steps=10&t=2&updates=1&engine=wasm' });
    await settled(page);
    await page.focus('input[value=swiss-roll]');
    await page.keyboard.press('ArrowRight');
    expect(await focused(page)).toBe('data=picture');
    await waitForText(page, '#train-hint', /^One picture is nothing to learn from/);
    expect(await page.isDisabled('#train')).toBe(true);
    await page.keyboard.press('ArrowLeft');
    await page.focus('#steps');
    await page.keyboard.press('Control+A');
    await page.keyboard.type('10');
    await page.keyboard.press('Tab');
    await page.focus('#t');
    await page.keyboard.press('Home');
    await waitForText(page, '#t-text', /t = 0 of 10/);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await waitForText(page, '#t-text', /t = 2 of 10/);
    await page.focus('#updates');
    await page.keyboard.press('Control+A');
    await page.keyboard.type('1');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#sample-button:not([disabled])', { timeout: 240_000 });
    await page.focus('#sample-button');
    await page.keyboard.press('Enter');
    await waitForText(page, '#sample-status', /^There is a sample\.$/);
    await page.focus('#sample-frame');
    await page.keyboard.press('Home');
    await waitForText(page, '#sample-caption', /t = 10 of 10/);
    expect(await faultsOf(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('a number that cannot be is said to be wrong, and nothing is computed with it', async () => {
    const { page } = await site.open();
    await settled(page);
    await page.fill('#levels', '999');
    await page.press('#levels', 'Tab');
    expect(await page.getAttribute('#levels', 'aria-invalid')).not.toBeNull();
    expect(await page.$eval('#levels', (input) => (input as HTMLInputElement).validationMessage)).toBe('expected a whole number, 2…128');
    expect(await page.textContent('#matrix-size')).toContain('64 × 64');
    await page.fill('#levels', '32');
    await page.press('#levels', 'Tab');
    await waitForText(page, '#matrix-size', /32 × 32/);
    expect(await page.getAttribute('#levels', 'aria-invalid')).toBeNull();
  });
});

describe('the page', () => {
  const hashes = ['', '#v=1&data=characters&family=uniform-absorbing&schedule=linear&corpus=own', '#v=1&schedule=cosine', '#wrong'];

  it.each([
    ...hashes.map((hash) => ({ colorScheme: 'light', hash }) as const),
    ...hashes.map((hash) => ({ colorScheme: 'dark', hash }) as const),
  ])('can be read by everybody: $colorScheme, $hash', async (options) => {
    const { page } = await site.open(options);
    await settled(page);
    expect(await faultsOf(page)).toEqual([]);
  });

  it('is dark where the machine is, pictures too, and changes with it', async () => {
    const { page } = await site.open({ colorScheme: 'light', hash: '#v=1&levels=16&steps=10' });
    await settled(page);
    const corner = (): Promise<number> =>
      page.$eval('#step-matrix', (canvas) => {
        const { width } = canvas as HTMLCanvasElement;
        return (canvas as HTMLCanvasElement).getContext('2d')!.getImageData(width - 1, 0, 1, 1).data[0]!;
      });
    const ground = (): Promise<string> => page.$eval('body', (body) => getComputedStyle(body).backgroundColor);
    expect([await corner(), await ground()]).toEqual([246, 'rgb(251, 251, 250)']);
    await page.emulateMedia({ colorScheme: 'dark' });
    await expect.poll(corner).toBe(24);
    expect(await ground()).toBe('rgb(17, 20, 23)');
  });

  it.each(['#v=1', '#v=1&data=characters&family=uniform-absorbing&schedule=linear&corpus=own', '#v=1&schedule=cosine', '#wrong'])(
    'fits a phone of 360 pixels: %s',
    async (hash) => {
      const { page } = await site.open({ hash, viewport: { width: 360, height: 720 }, hasTouch: true });
      await settled(page);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
      // Inside, where a part of the page would be cut off.
      const wide = await page.$$eval('main *', (all) =>
        all
          .filter((element) => element.getBoundingClientRect().right > 360.5 && !element.closest('.visually-hidden'))
          .map((element) => element.outerHTML),
      );
      expect(wide).toEqual([]);
    },
  );

  it('moves little where people want it to', async () => {
    const { page } = await site.open({ reducedMotion: 'reduce', hash: '#v=1&levels=8&steps=80&t=0' });
    await settled(page);
    await page.click('#play');
    await waitForText(page, '#t-text', /t = 10 of 80/);
    await page.click('#play');
    expect(await page.textContent('#play')).toBe('Play');
    expect(await page.$eval('#forward-states', (states) => getComputedStyle(states).transitionDuration)).toBe('0s');
  });

  it('says what it needs where scripts are off', async () => {
    const { page } = await site.open({ javaScriptEnabled: false });
    expect(await page.textContent('noscript')).toContain('needs JavaScript');
  });
});
