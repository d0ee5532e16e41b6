import { fileURLToPath } from 'node:url';
import { buildSite } from './build-site.ts';
import { serveSite } from './serve-site.ts';

/** `pnpm --filter @d3pm/playground start`: builds the page and serves it to this machine. */
const folder = fileURLToPath(new URL('../site/', import.meta.url));
await buildSite(folder);
const { url } = await serveSite(folder, { port: Number(process.env['PORT'] ?? 4173) });
console.log(url);
