import { relative } from 'node:path';
import type { MarkdownRenderer } from 'vitepress';
import { siteLink, type SiteLinkOptions } from './site-link.ts';

export interface RepositoryLinksOptions extends Omit<SiteLinkOptions, 'source'> {
  /** Where the files of the repository can be seen, such as `https://host/owner/name/blob/main/`. Without it, links to what is no page are text. */
  readonly repository: string | undefined;
}

interface Environment {
  readonly path: string;
  readonly realPath?: string;
}

/** A plugin of markdown-it: links that work in the repository work on the site. */
export function repositoryLinks(md: MarkdownRenderer, { repository, ...options }: RepositoryLinksOptions): void {
  md.core.ruler.push('repository-links', ({ tokens, env }) => {
    const { path, realPath = path } = env as Environment;
    const source = relative(options.root, realPath).replaceAll('\\', '/');
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      const href = token.type === 'link_open' ? token.attrGet('href') : null;
      if (href === null) continue;
      const link = siteLink(href, { ...options, source });
      if (link.kind === 'here') token.attrSet('href', link.href);
      if (link.kind === 'repository') {
        if (repository === undefined) token.attrs = [['title', link.path]];
        else token.attrSet('href', `${repository}${link.path}`);
      }
    }
  });
}
