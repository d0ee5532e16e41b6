import { basename, dirname, resolve } from 'node:path';

/** Where a job leaves its result unless `--out` says it: `runs/text-sample` for `d3pm sample runs/text`. */
export function jobFolder(command: string, about: string): string {
  return `runs/${nameOf(resolve(about))}-${command}`;
}

/** That of a folder; `run`, `model` and `ckpt-00000200` tell nothing without what they lie in. */
function nameOf(path: string): string {
  const own = basename(path);
  if (own === 'run') return nameOf(dirname(path));
  return own === 'model' || own.startsWith('ckpt-') ? `${nameOf(dirname(path))}-${own}` : own;
}
