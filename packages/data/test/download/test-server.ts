import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createSecureServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { DownloadProgress } from '@d3pm/data/node';

export interface TestServer extends AsyncDisposable {
  readonly url: string;
  /** Range header, or `'whole'`, of each request so far. */
  readonly ranges: readonly string[];
}

/** A server that answers as `answer` says; `count` is the number of the request, from 1. */
export async function serve(
  answer: (response: ServerResponse, request: IncomingMessage, count: number) => void,
  secure?: ServerOptions,
): Promise<TestServer> {
  const ranges: string[] = [];
  const listener: RequestListener = (request, response) => {
    ranges.push(request.headers.range ?? 'whole');
    answer(response, request, ranges.length);
  };
  const server = secure === undefined ? createServer(listener) : createSecureServer(secure, listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `${secure === undefined ? 'http' : 'https'}://127.0.0.1:${(server.address() as AddressInfo).port}/file.bin`,
    ranges,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** Answers as a good server does, with Range and If-Range, of a file of this version. */
export function sendFile(response: ServerResponse, request: IncomingMessage, content: Buffer, etag: string): void {
  const from = startOf(request, etag);
  if (from >= content.length) {
    response.writeHead(416, { 'content-range': `bytes */${content.length}`, etag }).end();
    return;
  }
  response.writeHead(from > 0 ? 206 : 200, fileHeaders(content, etag, from)).end(content.subarray(from));
}

/** As `sendFile`, but the connection ends at this byte of the file. `progress` is what the client tells. */
export function sendUntil(
  end: number,
  progress: readonly DownloadProgress[],
  response: ServerResponse,
  request: IncomingMessage,
  content: Buffer,
  etag: string,
): void {
  const from = startOf(request, etag);
  response.writeHead(from > 0 ? 206 : 200, fileHeaders(content, etag, from)).write(content.subarray(from, end));
  cutAt(end, progress, response);
}

/** Ends the connection once the client has kept so much: what it has received but not read is lost with the connection. */
export function cutAt(end: number, progress: readonly DownloadProgress[], response: ServerResponse): void {
  const before = progress.length;
  const look = setInterval(() => {
    if (progress.length === before || progress.at(-1)!.received < end) return;
    clearInterval(look);
    response.destroy();
  }, 5);
  response.once('close', () => clearInterval(look));
}

function startOf({ headers }: IncomingMessage, etag: string): number {
  const range = /^bytes=(\d+)-$/.exec(headers.range ?? '');
  return range === null || headers['if-range'] !== etag ? 0 : Number(range[1]);
}

function fileHeaders(content: Buffer, etag: string, from: number): Record<string, string> {
  const range = from > 0 ? { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` } : {};
  return { 'content-type': 'application/octet-stream', 'content-length': String(content.length - from), etag, ...range };
}

/** Sends these parts and the end, with a pause after each. */
export function sendSlowly(response: ServerResponse, parts: readonly (string | Buffer)[], pauseMs: number): void {
  const [first, ...rest] = parts;
  if (first === undefined) response.end();
  else response.write(first, () => setTimeout(() => sendSlowly(response, rest, pauseMs), pauseMs));
}
