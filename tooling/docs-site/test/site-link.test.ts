import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../../check/src/run-tool.ts';
import { siteLink } from '../src/site-link.ts';

const options = {
  root: repositoryRoot,
  pages: new Map([
    ['README.md', 'index.md'],
    ['docs/start.md', 'start.md'],
    ['docs/decisions/README.md', 'decisions/index.md'],
    ['docs/decisions/0012-tensorflow-from-the-python-index.md', 'decisions/0012-tensorflow-from-the-python-index.md'],
    ['packages/core/README.md', 'packages/core.md'],
  ]),
  data: new Set(['docs/benchmarks.json']),
  source: 'docs/results.md',
};

describe('siteLink', () => {
  it.each([
    ['start.md', '/start'],
    ['start.md#sample', '/start#sample'],
    ['../README.md', '/'],
    ['decisions/README.md', '/decisions/'],
    ['decisions', '/decisions/'],
    ['decisions/0012-tensorflow-from-the-python-index.md', '/decisions/0012-tensorflow-from-the-python-index'],
    ['../packages/core/README.md#use', '/packages/core#use'],
    ['../packages/core', '/packages/core'],
    ['../packages/core/', '/packages/core'],
    ['benchmarks.json', '/docs/benchmarks.json'],
  ])('leads from %s to the page %s', (target, href) => {
    expect(siteLink(target, options)).toEqual({ kind: 'here', href });
  });

  it.each([
    ['../packages/core/src/posterior.ts', 'packages/core/src/posterior.ts'],
    ['../tooling/integration/test', 'tooling/integration/test/'],
    ['../LICENSE', 'LICENSE'],
  ])('knows that %s is no page', (target, path) => {
    expect(siteLink(target, options)).toEqual({ kind: 'repository', path });
  });

  it.each(['https://example.com/start.md', 'mailto:a@example.com', '#variance'])('leaves %s alone', (target) => {
    expect(siteLink(target, options)).toEqual({ kind: 'as-it-is' });
  });
});
