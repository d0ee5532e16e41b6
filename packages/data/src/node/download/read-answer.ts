import { quoted } from '@d3pm/core';
import type { DownloadFailure } from './download-failure.ts';
import type { PartialFile } from './partial-file.ts';
import { retryAfterMs } from './retry-after.ts';

/** What to do with an answer: write its body from `start` on, know that all is there, begin anew, or give up. */
export type Answer =
  | { readonly kind: 'body'; readonly start: number; readonly total: number | undefined }
  | { readonly kind: 'complete' }
  | { readonly kind: 'restart'; readonly reason: string }
  | ({ readonly kind: 'failure' } & DownloadFailure);

const BUSY = [408, 425, 429];

/** Reads status and headers. `partial` is what was asked to be gone on with, `size` the expected length of the file. */
export function readAnswer({ status, statusText, headers }: Response, partial: PartialFile | undefined, size: number | undefined): Answer {
  const give = (reason: string): Answer => ({ kind: 'failure', reason, retry: false });
  if (BUSY.includes(status) || status >= 500) {
    return { kind: 'failure', reason: answered(status, statusText), retry: true, waitMs: retryAfterMs(headers) };
  }
  if (status === 416 && partial !== undefined) return readUnsatisfied(headers, partial);
  if (status !== 200 && (status !== 206 || partial === undefined)) return give(answered(status, statusText));
  if (/^(text\/html|application\/xhtml\+xml)/i.test(headers.get('content-type') ?? '')) return give(HTML);
  const encoding = headers.get('content-encoding');
  if (encoding !== null && encoding !== 'identity') return give(`it sends the file in an encoding of its own, ${quoted(encoding)}`);
  const answer: Answer = status === 200 ? { kind: 'body', start: 0, total: lengthOf(headers) } : readRest(headers, partial!);
  if (answer.kind === 'body' && size !== undefined && answer.total !== undefined && answer.total !== size) {
    return give(`it has a file of ${answer.total} bytes, expected ${size}`);
  }
  return answer;
}

/** A page is what a portal, a proxy or a moved site gives in place of the file. */
export const HTML = 'it sends a web page where the file should be: a log-in page of the network, or the file has moved';

/** Whether a file begins as a web page does. */
export function startsAsPage(head: Uint8Array): boolean {
  return /^\ufeff?\s*<(!doctype|html)/i.test(new TextDecoder('utf-8', { ignoreBOM: true }).decode(head));
}

/** 206: the rest must begin where the partial file ends, and be of the same version, whatever the server makes of If-Range. */
function readRest(headers: Headers, partial: PartialFile): Answer {
  const range = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(headers.get('content-range') ?? '');
  if (range === null || Number(range[1]) !== partial.bytes)
    return { kind: 'restart', reason: 'the server sends another part than asked for' };
  const total = range[3] === '*' ? partial.size : Number(range[3]);
  if (isOther(headers, partial) || (partial.size !== undefined && total !== partial.size)) {
    return { kind: 'restart', reason: 'the file has changed on the server' };
  }
  return { kind: 'body', start: partial.bytes, total };
}

/** 416: nothing is left to send, or the file has become shorter. */
function readUnsatisfied(headers: Headers, partial: PartialFile): Answer {
  const length = /^bytes \*\/(\d+)$/.exec(headers.get('content-range') ?? '');
  const whole = length !== null && Number(length[1]) === partial.bytes && !isOther(headers, partial);
  return whole ? { kind: 'complete' } : { kind: 'restart', reason: 'the server has no such part of the file' };
}

function isOther(headers: Headers, { etag, lastModified }: PartialFile): boolean {
  const differs = (name: string, value: string | undefined): boolean => value !== undefined && (headers.get(name) ?? value) !== value;
  return differs('etag', etag) || differs('last-modified', lastModified);
}

function lengthOf(headers: Headers): number | undefined {
  const length = headers.get('content-length');
  return length !== null && /^\d+$/.test(length) ? Number(length) : undefined;
}

const answered = (status: number, text: string): string => `it answers ${status}${text === '' ? '' : ` ${quoted(text).slice(1, -1)}`}`;
