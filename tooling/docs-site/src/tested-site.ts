import type { BuildSiteOptions } from './build-site.ts';

/** The site that is tested: not at the root of its host. */
export const TESTED_SITE = { folder: 'docs/.vitepress/tested', base: '/some/where/' } as const satisfies BuildSiteOptions;
