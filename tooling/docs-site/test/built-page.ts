import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseHTML } from 'linkedom';
import { repositoryRoot } from '../../check/src/run-tool.ts';
import { TESTED_SITE } from '../src/tested-site.ts';

const folder = join(repositoryRoot, TESTED_SITE.folder);

/** What the site asks for or leads to, as an address. */
export interface Reference {
  readonly element: string;
  readonly url: string;
}

export interface BuiltPage {
  readonly ids: ReadonlySet<string>;
  readonly links: readonly string[];
  /** Scripts, styles, pictures: what a browser fetches by itself. */
  readonly resources: readonly Reference[];
  /** Headings of level 1. */
  readonly headings: readonly string[];
}

/** A page as it was built, `start.html`. */
export function readPage(path: string): BuiltPage {
  const { document } = parseHTML(readFileSync(join(folder, path), 'utf8'));
  const all = (selector: string): Element[] => [...document.querySelectorAll(selector)] as unknown as Element[];
  const attributes = (selector: string, name: string): string[] => all(selector).flatMap((element) => element.getAttribute(name) ?? []);
  return {
    ids: new Set(attributes('[id]', 'id')),
    links: attributes('a[href]', 'href'),
    resources: [
      ...all('[src]').map((element) => ({ element: element.tagName, url: element.getAttribute('src')! })),
      ...all('link[href]').map((element) => ({ element: element.tagName, url: element.getAttribute('href')! })),
    ],
    headings: all('h1').map((heading) => (heading.textContent ?? '').replaceAll('\u200B', '').trim()),
  };
}

/** The file behind an address of the site, relative to its folder; undefined where there is none. */
export function fileAt(url: string, page: string): string | undefined {
  const { pathname } = new URL(url, `http://host${TESTED_SITE.base}${page}`);
  if (!pathname.startsWith(TESTED_SITE.base)) return undefined;
  const path = decodeURIComponent(pathname.slice(TESTED_SITE.base.length));
  const file = path === '' || path.endsWith('/') ? `${path}index.html` : path;
  return existsSync(join(folder, file)) && statSync(join(folder, file)).isFile() ? file : undefined;
}
