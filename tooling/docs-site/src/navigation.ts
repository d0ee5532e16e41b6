import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sitePages } from './site-pages.ts';

export interface PageLink {
  readonly text: string;
  /** As a path of the site, with `.md`. */
  readonly page: string;
}

export interface PageGroup {
  readonly text: string;
  readonly collapsed?: boolean;
  readonly items: readonly (PageLink | PageGroup)[];
}

const page = (text: string, name: string): PageLink => ({ text, page: `${name}.md` });

/** Every page of the site in its place. A page of docs/ that is written here nowhere is found by a test. */
export function navigation(root: string): readonly PageGroup[] {
  const pages = [...sitePages(root)].map(([source, path]) => ({ source, page: path }));
  const titled = (pattern: RegExp): readonly PageLink[] =>
    pages.filter((each) => pattern.test(each.page)).map(({ source, page }) => ({ text: titleOf(root, source), page }));
  return [
    { text: 'Start', items: [page('What it is', 'index'), page('Five minutes', 'start')] },
    {
      text: 'Guide',
      items: [
        page('Which Q_t?', 'how-to-choose-a-transition'),
        page('Concepts', 'concepts'),
        page('Writing a transition', 'writing-a-transition'),
        page('Plugins', 'plugins'),
        page('Bridges', 'bridges'),
        page('How to …', 'how-to'),
      ],
    },
    {
      text: 'Reference',
      items: [
        {
          text: 'Packages',
          collapsed: true,
          items: [
            ...titled(/^packages\//),
            page('d3pm, the command', 'apps/reproduce'),
            page('The playground', 'apps/playground'),
            ...titled(/^examples\//),
          ],
        },
        { text: 'API', collapsed: true, items: [...titled(/^api\/index/), ...titled(/^api\/(?!index)/)] },
        page('Config', 'config'),
        page('Notation', 'notation'),
        page('Error codes', 'errors'),
        page('Paper → code → test', 'paper-map'),
      ],
    },
    { text: 'Results', items: [page('Results', 'results'), ...titled(/^results\//), page('Benchmarks', 'benchmarks')] },
    {
      text: 'Running it',
      items: [
        page('Engines', 'backends'),
        page('Reliability', 'reliability'),
        page('Beyond one machine', 'scaling'),
        page('On a cluster', 'clusters'),
        page('What to expect', 'expectations'),
        page('Limits', 'limits'),
      ],
    },
    {
      text: 'Decisions',
      items: [
        page('All decisions', 'decisions/index'),
        { text: 'One by one', collapsed: true, items: titled(/^decisions\/\d/) },
        page('Contributing', 'contributing'),
        ...titled(/^tooling\//),
      ],
    },
  ];
}

/** The pages of a group, in their order. */
export const pagesIn = (group: PageGroup): readonly string[] =>
  group.items.flatMap((item) => ('page' in item ? [item.page] : pagesIn(item)));

function titleOf(root: string, source: string): string {
  const title = /^# (?<title>.+)$/m.exec(readFileSync(join(root, source), 'utf8'))?.groups?.['title'];
  if (title === undefined) throw new Error(`navigation: ${source} has no heading of level 1, by which it is named`);
  return title;
}
