import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { D3pmError } from '@d3pm/core';
import { PAGE_HTML } from './page-html.ts';
import { PAGE_ICON, PAGE_STYLE } from './page-style.ts';

export interface PageFile {
  readonly type: string;
  readonly content: Buffer;
}

/** As compiled, from the sources as from what they are compiled to. */
const SCRIPTS = fileURLToPath(new URL('../../dist/dash/page/', import.meta.url));
const SCRIPT = 'text/javascript; charset=utf-8';
const STYLE = 'text/css; charset=utf-8';

/** What the page is made of, by the paths of requests: ours and that of the charts, none from another host. */
export async function loadPageFiles(): Promise<ReadonlyMap<string, PageFile>> {
  const { resolve } = createRequire(import.meta.url);
  const names = (await readdir(SCRIPTS).catch(() => [])).filter((name) => name.endsWith('.js'));
  if (names.length === 0)
    throw new D3pmError('INVALID_OPTIONS', `dash: the scripts of the page are not in ${SCRIPTS}; build d3pm: pnpm build`);
  const read = async (type: string, path: string): Promise<PageFile> => ({ type, content: await readFile(path) });
  const text = (type: string, content: string): PageFile => ({ type, content: Buffer.from(content) });
  return new Map([
    ['/', text('text/html; charset=utf-8', PAGE_HTML)],
    ['/page.css', text(STYLE, PAGE_STYLE)],
    ['/icon.svg', text('image/svg+xml', PAGE_ICON)],
    ['/uplot.css', await read(STYLE, resolve('uplot/dist/uPlot.min.css'))],
    ['/uplot.js', await read(SCRIPT, resolve('uplot/dist/uPlot.iife.min.js'))],
    ...(await Promise.all(names.map(async (name) => [`/page/${name}`, await read(SCRIPT, `${SCRIPTS}${name}`)] as const))),
  ]);
}
