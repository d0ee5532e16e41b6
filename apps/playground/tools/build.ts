import { fileURLToPath } from 'node:url';
import { buildSite } from './build-site.ts';
import { siteSizes } from './site-sizes.ts';

/** `pnpm --filter @d3pm/playground build`: the page, into site/. */
const folder = fileURLToPath(new URL('../site/', import.meta.url));
await buildSite(folder);
for (const { path, bytes, gzipBytes } of siteSizes(folder)) {
  console.log(`${path.padEnd(44)} ${String(bytes).padStart(9)} bytes ${String(gzipBytes).padStart(9)} with gzip`);
}
