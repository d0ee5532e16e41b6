import { resolve } from 'node:path';
import envPaths from 'env-paths';

/** Where data sets are kept: `data` in `$D3PM_CACHE`, else in the cache folder of the user. */
export function dataFolder(): string {
  return resolve(process.env['D3PM_CACHE'] || envPaths('d3pm', { suffix: '' }).cache, 'data');
}
