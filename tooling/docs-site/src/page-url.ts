/** Where a page is on the site: `/start` for `start.md`, `/decisions/` for `decisions/index.md`. */
export const pageUrl = (page: string): string => `/${page.replace(/(?:(?<=^|\/)index)?\.md$/, '')}`;
