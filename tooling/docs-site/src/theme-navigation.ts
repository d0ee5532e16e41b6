import type { DefaultTheme } from 'vitepress';
import { pagesIn, type PageGroup, type PageLink } from './navigation.ts';
import { pageUrl } from './page-url.ts';

const itemOf = (item: PageLink | PageGroup): DefaultTheme.SidebarItem =>
  'page' in item
    ? { text: item.text, link: pageUrl(item.page) }
    : { text: item.text, items: item.items.map(itemOf), ...(item.collapsed !== undefined && { collapsed: item.collapsed }) };

/** Along the left of every page. */
export const sidebar = (groups: readonly PageGroup[]): DefaultTheme.SidebarItem[] => groups.map(itemOf);

/** Along the top: the first page of each group, marked on all of its pages. */
export const topNavigation = (groups: readonly PageGroup[]): DefaultTheme.NavItem[] =>
  groups.map((group) => {
    const pages = pagesIn(group);
    return { text: group.text, link: pageUrl(pages[0]!), activeMatch: `^(?:${pages.map(pageUrl).join('|')})$` };
  });
