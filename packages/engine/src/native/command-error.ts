import { D3pmError } from '@d3pm/core';

const FULL = /ENOSPC|No space left on device|Errno 28|Disk quota exceeded/i;

/** The error for a program that has failed, with the end of what it has said: that of a full disk where it says so, else `ENGINE`. */
export function commandError(what: string, stderr: string): Error {
  const said = stderr.trim().slice(-1500);
  if (FULL.test(said)) return Object.assign(new Error(`${what}: ${said}`), { code: 'ENOSPC' });
  return new D3pmError('ENGINE', `${what}: ${said}`);
}

/** What npm names of an error: how it begins, and of a script that has failed what went wrong in it. */
export function npmReason(stderr: string): string {
  const lines = stderr
    .split('\n')
    .map((line) => line.replace(/^npm (?:error|ERR!)\s*/, '').trim())
    .filter((line) => line !== '' && !/^(?:errno|syscall|path|command|A complete log|at |node:|npm )/.test(line));
  const cause = lines.find((line) => /\bE[A-Z]{4,}\b|Error:/.test(line));
  return [...new Set([...lines.slice(0, 3), ...(cause === undefined ? [] : [cause])])].join(' ');
}

/** The end of what a program has said, on one line. */
export function lastLines(text: string): string {
  return text
    .trim()
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .slice(-3)
    .join(' ');
}
