import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { assertInteger, D3pmError, quoted } from '@d3pm/core';
import { dataFolder } from './data-folder.ts';
import type { Download, FetchFileOptions } from './download-options.ts';
import { isWebAddress } from './web-address.ts';

const LONGEST_NAME = 100;
/** Separators, and what Windows gives a meaning. */
const NOT_IN_A_NAME = /[/\\:*?"<>|]/;

/** Checks the options and fills in the defaults. @throws {D3pmError} `INVALID_OPTIONS` */
export function toDownload(caller: string, options: FetchFileOptions): Download {
  const { fileName, sha256, size, offline = false } = options;
  const refuse = (argument: string, value: unknown, expected: string): never => {
    const shown = typeof value === 'string' ? quoted(value) : JSON.stringify(value);
    throw new D3pmError('INVALID_OPTIONS', `${caller}: ${argument} is ${shown}, expected ${expected}`);
  };
  const urls = typeof options.url === 'string' ? [options.url] : options.url;
  if (urls.length === 0) refuse('url', urls, 'at least one address');
  for (const url of urls) if (!isWebAddress(url)) refuse('url', url, 'an address of http or https, without a name or password');
  if (!isPlainName(fileName)) {
    refuse('fileName', fileName, `the plain name of a file, at most ${LONGEST_NAME} characters, without a folder`);
  }
  if (sha256 !== undefined && !/^[0-9a-f]{64}$/i.test(sha256)) refuse('sha256', sha256, '64 hexadecimal digits');
  if (size !== undefined) assertInteger(caller, 'size', size, 1);
  const { idleTimeoutMs = 60_000, retries = 4, retryDelayMs = 1000, maxRetryDelayMs = 60_000 } = options;
  assertInteger(caller, 'idleTimeoutMs', idleTimeoutMs, 1, 2 ** 31 - 1);
  assertInteger(caller, 'retries', retries, 0);
  assertInteger(caller, 'retryDelayMs', retryDelayMs, 0, 2 ** 31 - 1);
  assertInteger(caller, 'maxRetryDelayMs', maxRetryDelayMs, 0, 2 ** 31 - 1);
  const folder = resolve(options.folder ?? dataFolder());
  return {
    urls,
    path: join(folder, fileName),
    folder,
    fileName,
    sha256: sha256?.toLowerCase(),
    size,
    offline,
    signal: options.signal ?? new AbortController().signal,
    onProgress: options.onProgress ?? (() => undefined),
    onNotice: options.onNotice ?? (() => undefined),
    fetch: options.fetch ?? globalThis.fetch,
    idleTimeoutMs,
    retries,
    retryDelayMs,
    maxRetryDelayMs,
    wait: options.wait ?? ((ms, signal) => setTimeout(ms, undefined, { signal })),
  };
}

/** Whether a name is one in every folder, and looks in a message as it is. */
function isPlainName(name: unknown): boolean {
  if (typeof name !== 'string' || name.length > LONGEST_NAME || !/^[^.]/.test(name) || NOT_IN_A_NAME.test(name)) return false;
  return quoted(name) === `"${name}"`;
}
