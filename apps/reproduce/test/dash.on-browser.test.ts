import { appendFileSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axe from 'axe-core';
import { encode } from 'fast-png';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startDash, type Dash } from '../src/dash/start-dash.ts';
import { boundLine, makeRun, trainLine } from './made-run.ts';

const HOSTILE = '<script>window.ran = 1</script><img src=x onerror="window.ran = 2">';
const METRICS = [10, 20, 30].map((step) => trainLine(step, 100 / step)).join('') + boundLine(20, 4.5) + boundLine(30, 4);
const within = { timeout: 30_000 };

let browser: Browser;
beforeAll(async () => {
  browser = await chromium.launch({
    executablePath: process.env['D3PM_CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--host-resolver-rules=MAP evil.example 127.0.0.1'],
  });
});
afterAll(() => browser.close());

let folder: string;
let run: string;
let dash: Dash | undefined;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'd3pm-dash-page-')));
  run = join(folder, 'run-1');
});
afterEach(async () => {
  await dash?.close();
  for (const context of browser.contexts()) await context.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Seen {
  readonly page: Page;
  /** What the console says of errors, and what is asked of another host. */
  readonly problems: readonly string[];
}

const look = async (of: Parameters<typeof makeRun>[1], options: BrowserContextOptions = {}): Promise<Seen> => {
  dash = await startDash({ folder: makeRun(run, of), port: 0, pollMs: 50 });
  const { url } = dash;
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 }, colorScheme: 'light', ...options })).newPage();
  const problems: string[] = [];
  page.on('console', (message) => void (['error', 'warning'].includes(message.type()) && problems.push(message.text())));
  page.on('pageerror', ({ message }) => void problems.push(message));
  page.on('dialog', (dialog) => void problems.push(dialog.message()));
  page.on('request', (request) => void (request.url().startsWith(url) || problems.push(request.url())));
  page.on('requestfailed', (request) => void problems.push(`failed: ${request.url()}`));
  await page.goto(url);
  await page.locator('#name', { hasText: 'run-1' }).waitFor();
  return { page, problems };
};

const chart = (page: Page, title: string): ReturnType<Page['locator']> =>
  page.locator('figure', { has: page.getByRole('heading', { name: title }) });
const readout = (page: Page, title: string): Promise<string> => chart(page, title).locator('output').innerText();

/** The pixels of a chart that have a colour of the style sheet. */
const pixels = (page: Page, title: string, color: string): Promise<number> =>
  chart(page, title)
    .locator('canvas')
    .evaluate((canvas: HTMLCanvasElement, name) => {
      const wanted = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
      const channels = [1, 3, 5].map((at) => Number.parseInt(wanted.slice(at, at + 2), 16));
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      let count = 0;
      for (let i = 0; i < data.length; i += 4)
        if (data[i + 3]! > 200 && channels.every((channel, c) => Math.abs(data[i + c]! - channel) < 8)) count++;
      return count;
    }, color);

const overflow = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

describe('the page of d3pm dash', () => {
  it('draws the curves, and goes on when a line is appended', async () => {
    const { page, problems } = await look({
      metrics: METRICS,
      config: { training: { numSteps: 50 } },
      log: '2026-01-01T00:00:00.000Z begun\n',
    });
    await expect.poll(() => readout(page, 'Loss'), within).toBe('step 30: 3.333, 3.333 smoothed');
    expect(await readout(page, 'Held-out bound')).toBe('step 30: 4.000');
    expect(await readout(page, 'Gradient norm')).toBe('step 30: 0.03333');
    expect(await readout(page, 'Learning rate')).toBe('step 30: 0.001000');
    expect(await chart(page, 'Seconds per step').innerText()).toContain('no times yet');
    for (const [title, color] of [
      ['Loss', '--curve'],
      ['Held-out bound', '--second'],
      ['Gradient norm', '--curve'],
    ] as const) {
      expect(await pixels(page, title, color), title).toBeGreaterThan(100);
    }
    expect(await page.locator('#step').innerText()).toBe('30 of 50');
    appendFileSync(join(run, 'metrics.jsonl'), trainLine(40, 2.5));
    await expect.poll(() => readout(page, 'Loss'), within).toBe('step 40: 2.500, 2.500 smoothed');
    expect(await page.locator('#step').innerText()).toBe('40 of 50');
    expect(await page.locator('#progress').evaluate((bar: HTMLProgressElement) => bar.value)).toBeCloseTo(0.8);
    appendFileSync(join(run, 'run.log'), '2026-01-01T00:01:00.000Z finished\n');
    await page.locator('#state', { hasText: 'finished' }).waitFor();
    expect(await page.locator('#log').innerText()).toContain('finished');
    expect(problems).toEqual([]);
  });

  it('waits for a run that has not begun, and shows it when it does', async () => {
    const { page, problems } = await look({});
    await page.locator('#state', { hasText: 'waiting' }).waitFor();
    expect(await chart(page, 'Loss').innerText()).toContain('no step yet');
    writeFileSync(join(run, 'metrics.jsonl'), trainLine(1, 5));
    await expect.poll(() => readout(page, 'Loss'), within).toBe('step 1: 5.000, 5.000 smoothed');
    expect(problems).toEqual([]);
  });

  it('[70] shows what is hostile as text, and runs nothing of it', async () => {
    const name = '<img src=x onerror=alert(1)>.txt';
    const { page, problems } = await look({
      metrics: METRICS,
      samples: { [name]: HOSTILE },
      config: { [HOSTILE]: HOSTILE, training: { numSteps: HOSTILE } },
      environment: { device: HOSTILE },
      log: `2026-01-01T00:00:00.000Z begun\n2026-01-01T00:00:00.000Z ended by an error: ${HOSTILE}\n`,
    });
    await expect.poll(() => page.locator('#sample-text').innerText(), within).toBe(HOSTILE);
    expect(await page.locator('#sample').inputValue()).toBe(name);
    expect(await page.locator('#log').innerText()).toContain(HOSTILE);
    expect(await page.locator('#words').innerText()).toBe(`ended by an error: ${HOSTILE}`);
    expect(await page.locator('#config').innerText()).toContain('<script>window.ran');
    expect(await page.locator('#environment').innerText()).toContain('<script>window.ran');
    const found = await page.evaluate(() => ({
      ran: (globalThis as { ran?: unknown }).ran ?? 'nothing',
      scripts: Array.from(document.scripts, (script) => script.getAttribute('src')),
      pictures: Array.from(document.images, (picture) => picture.id),
    }));
    expect(found).toEqual({ ran: 'nothing', scripts: ['/uplot.js', '/page/main.js'], pictures: ['sample-picture'] });
    expect(problems).toEqual([]);
  });

  it('[70] lets the page itself put in no markup and no code', async () => {
    const { page } = await look({ metrics: METRICS });
    const refused = await page.evaluate(async (markup) => {
      const attempts: Readonly<Record<string, () => void>> = {
        markup: () => (document.body.innerHTML = markup),
        // oxlint-disable-next-line typescript/no-implied-eval -- it is to be refused
        code: () => void new Function('window.ran = 3')(),
        address: () => (document.createElement('script').src = 'data:text/javascript,window.ran=4'),
      };
      // What a tool of the browser evaluates itself is exempt from the policy.
      await new Promise((done) => setTimeout(done));
      return Object.entries(attempts).map(([name, attempt]) => {
        try {
          attempt();
          return `${name} was let in`;
        } catch {
          return `${name} was refused`;
        }
      });
    }, HOSTILE);
    expect(refused).toEqual(['markup was refused', 'code was refused', 'address was refused']);
    const inline = page.evaluate(() => {
      const button = document.createElement('button');
      button.setAttribute('onclick', 'window.ran = 5');
      button.click();
    });
    await inline.catch(() => undefined);
    expect(await page.evaluate(() => (globalThis as { ran?: unknown }).ran ?? 'nothing')).toBe('nothing');
  });

  it('[70] is no page under the name of another host, and gives a page of another origin nothing', async () => {
    await look({ metrics: METRICS, samples: { 'a.png': encode({ width: 1, height: 1, data: new Uint8Array(3), channels: 3 }) } });
    const { port } = new URL(dash!.url);
    const page = await (await browser.newContext()).newPage();
    const response = await page.goto(`http://evil.example:${port}/`);
    expect([response!.status(), await page.innerText('body')]).toEqual([421, `this answers as 127.0.0.1:${port} alone\n`]);

    const other = createServer((_, answer) =>
      answer.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html><title>other</title>'),
    );
    await once(other.listen(0, '127.0.0.1'), 'listening');
    await page.goto(`http://127.0.0.1:${(other.address() as AddressInfo).port}/`);
    const got = await page.evaluate(async (url) => {
      const loaded = (tag: 'iframe' | 'img' | 'script', path: string): Promise<string> =>
        new Promise((done) => {
          const element = document.createElement(tag);
          element.addEventListener('load', () =>
            done(tag === 'iframe' ? String((element as HTMLIFrameElement).contentDocument !== null) : 'loaded'),
          );
          element.addEventListener('error', () => done('refused'));
          element.src = `${url}${path}`;
          document.body.append(element);
        });
      const read = (path: string, mode: RequestMode): Promise<string> =>
        fetch(`${url}${path}`, { mode }).then(
          ({ type }) => type,
          () => 'refused',
        );
      return [
        await read('events', 'cors'),
        await read('events', 'no-cors'),
        await loaded('img', 'samples/a.png'),
        await loaded('script', 'page/main.js'),
        await loaded('iframe', ''),
      ];
    }, dash!.url);
    expect(got).toEqual(['refused', 'refused', 'refused', 'refused', 'false']);
    other.close();
  });

  it('shows pictures, and the sample that is chosen, until there is no other', async () => {
    const picture = (size: number): Uint8Array => encode({ width: size, height: size, data: new Uint8Array(3 * size * size), channels: 3 });
    const { page, problems } = await look({
      samples: { 'step-00000010.png': picture(10), 'step-00000020.png': picture(20), 'step-00000030.txt': 'a text' },
    });
    const width = (): Promise<number> => page.locator('#sample-picture').evaluate((image: HTMLImageElement) => image.naturalWidth);
    await expect.poll(() => page.locator('#sample-text').innerText(), within).toBe('a text');
    expect(await page.locator('#sample-picture').isVisible()).toBe(false);
    await page.getByLabel('Which samples').selectOption('step-00000020.png');
    await expect.poll(width, within).toBe(20);
    expect(await page.locator('#sample-text').isVisible()).toBe(false);
    expect(await page.locator('#sample-picture').getAttribute('alt')).toBe('Samples, step-00000020.png');
    writeFileSync(join(run, 'samples', 'step-00000040.png'), picture(40));
    await expect.poll(() => page.locator('#sample option').count(), within).toBe(4);
    expect(await width()).toBe(20);
    rmSync(join(run, 'samples', 'step-00000020.png'));
    await expect.poll(width, within).toBe(40);
    writeFileSync(join(run, 'samples', 'step-00000050.txt'), 'newer');
    await page.getByLabel('Which samples').selectOption('step-00000050.txt');
    writeFileSync(join(run, 'samples', 'step-00000060.txt'), 'the newest');
    await expect.poll(() => page.locator('#sample-text').innerText(), within).toBe('the newest');
    expect(problems).toEqual([]);
  });

  it('is as wide as a phone, also with long names and texts', async () => {
    const long = 'x'.repeat(300);
    const { page, problems } = await look(
      {
        metrics: METRICS,
        config: { training: { numSteps: 1_000_000_000 }, [long]: long, data: { path: `/${long}/${long}` } },
        environment: { processor: long },
        log: `2026-01-01T00:00:00.000Z begun\n2026-01-01T00:00:00.000Z ended by an error: ${long}\n`,
        samples: { [`${'y'.repeat(200)}.txt`]: long },
      },
      { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true },
    );
    await expect.poll(() => readout(page, 'Loss'), within).toContain('step 30');
    await page.locator('#sample-text').waitFor();
    await page.getByText('The last numbers as a table').click();
    expect(await overflow(page)).toBe(0);
    const box = await chart(page, 'Loss').locator('canvas').boundingBox();
    expect(box!.width).toBeGreaterThan(250);
    expect(box!.x + box!.width).toBeLessThanOrEqual(360);
    await page.setViewportSize({ width: 740, height: 360 });
    await expect.poll(async () => (await chart(page, 'Loss').locator('canvas').boundingBox())!.width, within).toBeGreaterThan(600);
    expect(await overflow(page)).toBe(0);
    expect(problems).toEqual([]);
  });

  it('is light or dark as the system is, and changes with it', async () => {
    const { page } = await look({ metrics: METRICS }, { colorScheme: 'dark' });
    await expect.poll(() => readout(page, 'Loss'), within).toContain('step 30');
    const lightness = (property: 'backgroundColor' | 'color'): Promise<number> =>
      page.evaluate((name) => Math.max(...getComputedStyle(document.body)[name].match(/\d+/g)!.slice(0, 3).map(Number)), property);
    expect([await lightness('backgroundColor'), await lightness('color')]).toEqual([24, 239]);
    const darkCurve = await page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--curve'));
    expect(await pixels(page, 'Loss', '--curve')).toBeGreaterThan(100);
    await page.emulateMedia({ colorScheme: 'light' });
    expect([await lightness('backgroundColor'), await lightness('color')]).toEqual([249, 36]);
    expect(await page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--curve'))).not.toBe(darkCurve);
    await expect.poll(() => pixels(page, 'Loss', '--curve'), within).toBeGreaterThan(100);
  });

  it('can be used with the keyboard alone', async () => {
    const { page, problems } = await look({ metrics: METRICS, samples: { 'a.txt': 'a' } });
    await expect.poll(() => readout(page, 'Loss'), within).toContain('step 30');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement!.textContent)).toBe('Skip the charts');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    expect(await page.getByLabel('log steps').isChecked()).toBe(true);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    expect(await page.getByLabel('log values').isChecked()).toBe(true);
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement!.getAttribute('aria-label'))).toMatch(
      /^Loss, bits per dimension: left and right arrow keys/,
    );
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    expect(await readout(page, 'Loss')).toBe('step 20: 5.000, 5.000 smoothed');
    await page.keyboard.press('ArrowRight');
    expect(await readout(page, 'Loss')).toBe('step 30: 3.333, 3.333 smoothed');
    expect(await pixels(page, 'Loss', '--curve')).toBeGreaterThan(100);
    await page.getByText('The last numbers as a table').focus();
    await page.keyboard.press('Enter');
    expect(await page.locator('#numbers tr').first().innerText()).toBe('30\t3.333\t3.333\t0.03333\t0.001000');
    expect(problems).toEqual([]);
  });

  it.each(['light', 'dark'] as const)('has no fault that axe finds, when it is %s', async (colorScheme) => {
    const { page } = await look(
      { metrics: METRICS, config: { seed: 1 }, samples: { 'a.txt': 'a' }, log: '2026-01-01T00:00:00.000Z stopped\n' },
      { colorScheme },
    );
    await expect.poll(() => readout(page, 'Loss'), within).toContain('step 30');
    await page.getByText('The last numbers as a table').click();
    await page.evaluate(axe.source);
    const { violations, passes } = await page.evaluate(() => (globalThis as unknown as { readonly axe: typeof axe }).axe.run());
    expect(violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)])).toEqual([]);
    expect(passes.length).toBeGreaterThan(20);
  });

  it('says when there is no answer, and goes on when there is one', async () => {
    const { page } = await look({ metrics: METRICS });
    await expect.poll(() => readout(page, 'Loss'), within).toContain('step 30');
    const { url } = dash!;
    await dash!.close();
    await page.locator('#connection', { hasText: 'No answer from d3pm dash' }).waitFor();
    appendFileSync(join(run, 'metrics.jsonl'), trainLine(40, 2.5));
    dash = await startDash({ folder: run, port: Number(new URL(url).port), pollMs: 50 });
    await expect.poll(() => readout(page, 'Loss'), within).toContain('step 40');
    expect(await page.locator('#connection').isVisible()).toBe(false);
  });
});
