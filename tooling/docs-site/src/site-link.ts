import { existsSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { pageUrl } from './page-url.ts';

/** Where a link of a page leads on the site. */
export type SiteLink =
  | { readonly kind: 'as-it-is' }
  | { readonly kind: 'here'; readonly href: string }
  /** To a file or folder of the repository that the site does not show. */
  | { readonly kind: 'repository'; readonly path: string };

export interface SiteLinkOptions {
  readonly root: string;
  /** Of the repository, as `sitePages` has them. */
  readonly pages: ReadonlyMap<string, string>;
  readonly data: ReadonlySet<string>;
  /** The file that has the link, relative to the root. */
  readonly source: string;
}

/** Where `target`, a link that works in the repository, leads on the site. Addresses of the web and anchors of the page stay. */
export function siteLink(target: string, { root, pages, data, source }: SiteLinkOptions): SiteLink {
  if (/^(?:[a-z][a-z+.-]*:|#)/i.test(target)) return { kind: 'as-it-is' };
  const [path = '', anchor] = target.split('#');
  const file = posix.join(posix.dirname(source), decodeURIComponent(path)).replace(/\/$/, '');
  const hash = anchor === undefined ? '' : `#${anchor}`;
  const page = pages.get(file) ?? pages.get(`${file}/README.md`);
  if (page !== undefined) return { kind: 'here', href: `${pageUrl(page)}${hash}` };
  if (data.has(file)) return { kind: 'here', href: `/${file}` };
  const isFolder = existsSync(join(root, file)) && statSync(join(root, file)).isDirectory();
  return { kind: 'repository', path: isFolder ? `${file}/` : file };
}
