import { copyFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { defineConfig, type DefaultTheme, type UserConfig } from 'vitepress';
import { headingSlug } from '../../check-docs/src/heading-slug.ts';
import { repositoryRoot as root } from '../../check/src/run-tool.ts';
import { fileNames } from './file-names.ts';
import { formulas } from './formulas.ts';
import { headingIds } from './heading-ids.ts';
import { navigation } from './navigation.ts';
import { repositoryLinks } from './repository-links.ts';
import { dataFiles, otherMarkdown, sitePages } from './site-pages.ts';
import { subscripts } from './subscripts.ts';
import { sidebar, topNavigation } from './theme-navigation.ts';

const pages = sitePages(root);
const data = dataFiles(root);
const groups = navigation(root);
/** Such as `https://host/owner/name/blob/main/`. */
const repository = process.env['D3PM_DOCS_REPOSITORY'];
/** States that have become noise, in part. */
const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4"><path fill="#21918c" d="M0 0h2v2H0zM2 2h2v2H2z"/><path fill="#440154" d="M2 0h1v1H2zM3 1h1v1H3zM0 3h1v1H0z"/><path fill="#fde725" d="M1 2h1v1H1z"/></svg>';

/**
 * The configuration of vitepress. Pages stay where they are in the repository. `D3PM_DOCS_BASE` is the path that the site has on its host,
 * `D3PM_DOCS_REPOSITORY` where sources that pages link to can be seen.
 */
export const siteConfig: UserConfig<DefaultTheme.Config> = defineConfig({
  title: 'd3pm',
  description: 'Discrete diffusion in TypeScript: D3PM (Austin et al., 2021) as packages that compose.',
  lang: 'en',
  base: process.env['D3PM_DOCS_BASE'] ?? '/',
  srcDir: '..',
  srcExclude: [...otherMarkdown(root)],
  rewrites: Object.fromEntries(pages),
  head: [['link', { rel: 'icon', href: `data:image/svg+xml,${encodeURIComponent(ICON)}` }]],
  markdown: {
    attrs: { disable: true },
    anchor: { slugifyWithState: (title, { env }) => `${isReference(env as { readonly path: string }) ? 'in-' : ''}${headingSlug(title)}` },
    config: (md) => {
      md.use(repositoryLinks, { root, pages, data: new Set(data), repository });
      md.use(fileNames);
      md.use(headingIds);
      md.use(subscripts);
      md.use(formulas);
    },
  },
  themeConfig: {
    nav: topNavigation(groups),
    sidebar: sidebar(groups),
    outline: { level: [2, 3] },
    search: { provider: 'local' },
  },
  vite: { build: { chunkSizeWarningLimit: 2000 } },
  async buildEnd({ outDir }) {
    for (const path of data) {
      await mkdir(dirname(join(outDir, path)), { recursive: true });
      await copyFile(join(root, path), join(outDir, path));
    }
  },
});

/** In the reference members have anchors of their own; headings such as Parameters must not take them. */
function isReference({ path }: { readonly path: string }): boolean {
  return /[\\/]api[\\/]/.test(path);
}
