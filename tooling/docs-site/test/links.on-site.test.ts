import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../../check/src/run-tool.ts';
import { sitePages } from '../src/site-pages.ts';
import { TESTED_SITE } from '../src/tested-site.ts';
import { fileAt, readPage } from './built-page.ts';

const folder = join(repositoryRoot, TESTED_SITE.folder);
const paths = globSync('**/*.html', { cwd: folder }).map((path) => path.replaceAll('\\', '/'));
const pages = new Map(paths.map((path) => [path, readPage(path)]));
const isOfTheWeb = (url: string): boolean => /^(?:[a-z][a-z+.-]*:)/i.test(url);
const content = [...pages].filter(([path]) => path !== '404.html');

describe('the built site', () => {
  it('has every page of the repository, with one heading of level 1', () => {
    const expected = [...sitePages(repositoryRoot).values()].map((page) => page.replace(/\.md$/, '.html'));
    expect(content.map(([path]) => path).sort()).toEqual(expected.sort());
    expect(content.filter(([, { headings }]) => headings.length !== 1).map(([path]) => path)).toEqual([]);
    expect(content.length).toBeGreaterThan(70);
  });

  it('has no link that leads nowhere, not even to a heading', () => {
    const dead = content.flatMap(([path, { links }]) =>
      links
        .filter((url) => !isOfTheWeb(url))
        .filter((url) => {
          const file = fileAt(url, path);
          const anchor = decodeURIComponent(url.split('#')[1] ?? '');
          return file === undefined || (anchor !== '' && pages.get(file)?.ids.has(anchor) !== true);
        })
        .map((url) => `${path}: ${url}`),
    );
    expect(dead).toEqual([]);
    expect(content.flatMap(([, { links }]) => links).length).toBeGreaterThan(3000);
  });

  it('leads from the first page to every other', () => {
    const reached = new Set(['index.html']);
    const waiting = ['index.html'];
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      for (const url of pages.get(path)?.links ?? []) {
        const file = isOfTheWeb(url) ? undefined : fileAt(url, path);
        if (file === undefined || reached.has(file)) continue;
        reached.add(file);
        waiting.push(file);
      }
    }
    expect(content.map(([path]) => path).filter((path) => !reached.has(path))).toEqual([]);
  });

  it('has all that a page fetches, and fetches nothing from elsewhere', () => {
    const missing = content.flatMap(([path, { resources }]) =>
      resources
        .filter(({ url }) => !url.startsWith('data:') && (isOfTheWeb(url) || fileAt(url, path) === undefined))
        .map(({ element, url }) => `${path}: ${element} ${url}`),
    );
    expect(missing).toEqual([]);
    const styles = globSync('**/*.css', { cwd: folder }).map((path) => readFileSync(join(folder, path), 'utf8'));
    expect(styles.length).toBeGreaterThan(0);
    expect(styles.flatMap((css) => [...css.matchAll(/url\(\s*["']?(?:https?:)?\/\/[^)]*\)|@import[^;]*;/g)].map(([text]) => text))).toEqual(
      [],
    );
  });

  it('documents what each package exports', () => {
    const index = readPage('api/index.html').links.map((url) => fileAt(url, 'api/index.html'));
    const entries = sitePages(repositoryRoot);
    const reference = [...entries.values()].filter((page) => page.startsWith('api/') && page !== 'api/index.md');
    expect(reference.length).toBeGreaterThanOrEqual(18);
    expect(reference.map((page) => page.replace(/\.md$/, '.html')).filter((page) => !index.includes(page))).toEqual([]);
    expect(readPage('api/core.html').ids).toContain('mixture');
    expect(readPage('api/transitions/testing.html').ids).toContain('describetransitionlaws');
  });
});
