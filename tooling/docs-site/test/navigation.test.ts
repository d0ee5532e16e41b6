import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../../check/src/run-tool.ts';
import { navigation, pagesIn } from '../src/navigation.ts';
import { otherMarkdown, sitePages } from '../src/site-pages.ts';
import { topNavigation } from '../src/theme-navigation.ts';

const roots: string[] = [];
afterEach(() => roots.splice(0).forEach((root) => rmSync(root, { recursive: true })));

function repository(files: readonly string[]): string {
  const root = mkdtempSync(join(tmpdir(), 'd3pm-site-'));
  roots.push(root);
  for (const path of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), '# A title\n');
  }
  return root;
}

describe('sitePages', () => {
  it('has the pages of docs/, the READMEs and no other Markdown', () => {
    const pages = [
      ['README.md', 'index.md'],
      ['apps/reproduce/README.md', 'apps/reproduce.md'],
      ['docs/api/core/testing.md', 'api/core/testing.md'],
      ['docs/decisions/0001-first.md', 'decisions/0001-first.md'],
      ['docs/decisions/README.md', 'decisions/index.md'],
      ['docs/start.md', 'start.md'],
      ['packages/core/README.md', 'packages/core.md'],
    ] as const;
    const others = ['packages/core/CHANGELOG.md', 'apps/reproduce/fixtures/README.md', 'runs/first/report.md'];
    const skipped = ['node_modules/x/README.md', 'docs/node_modules/x/README.md', '.changeset/README.md', 'packages/core/dist/a.md'];
    const root = repository([...pages.map(([source]) => source), ...others, ...skipped]);
    expect([...sitePages(root)]).toEqual(pages);
    expect([...otherMarkdown(root)].sort()).toEqual([...others].sort());
  });
});

describe('navigation', () => {
  // The reference is there once the site has been built; its pages are found by themselves.
  const written = (page: string): boolean => !page.startsWith('api/');

  it('leads to every page of the documentation, and to each once', () => {
    const reached = navigation(repositoryRoot).flatMap(pagesIn).filter(written);
    const pages = [...sitePages(repositoryRoot).values()].filter(written);
    expect(pages.filter((page) => !reached.includes(page))).toEqual([]);
    expect(reached.filter((page) => !pages.includes(page))).toEqual([]);
    expect(new Set(reached).size).toBe(reached.length);
    expect(pages.length).toBeGreaterThan(50);
  });

  it('marks one group of the top for each page', () => {
    const groups = navigation(repositoryRoot);
    const marks = topNavigation(groups).map((item) => new RegExp((item as { activeMatch: string }).activeMatch));
    const counts = groups
      .flatMap(pagesIn)
      .map((page) => marks.filter((mark) => mark.test(`/${page.replace(/(?:(?<=^|\/)index)?\.md$/, '')}`)).length);
    expect(new Set(counts)).toEqual(new Set([1]));
  });

  it('finds decisions and reports by themselves, by their titles', () => {
    const root = repository(['docs/decisions/0001-first.md', 'docs/results/table-9/report.md', 'packages/core/README.md']);
    expect(navigation(root).flatMap(pagesIn)).toEqual(
      expect.arrayContaining(['decisions/0001-first.md', 'results/table-9/report.md', 'packages/core.md']),
    );
  });
});
