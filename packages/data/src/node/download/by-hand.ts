import { quoted } from '@d3pm/core';
import type { Download } from './download-options.ts';

/** How to go on without a network. */
export function byHand({ path, sha256, size }: Pick<Download, 'path' | 'sha256' | 'size'>): string {
  const facts = [size === undefined ? undefined : `${size} bytes`, sha256 === undefined ? undefined : `sha256 ${sha256}`];
  const known = facts.filter((fact) => fact !== undefined).join(', ');
  return `to place it by hand, save it as ${quoted(path)}${known === '' ? '' : ` (${known})`}, or name your copy with --from-file (fromFile)`;
}
