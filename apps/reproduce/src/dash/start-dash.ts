import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { D3pmError } from '@d3pm/core';
import { openEventStream, type EventStream } from './event-stream.ts';
import { followRun } from './follow-run.ts';
import { loadPageFiles, type PageFile } from './page-files.ts';
import { requestProblem } from './request-problem.ts';
import { sampleName } from './sample-name.ts';
import { securityHeaders } from './security-headers.ts';
import { serveSample } from './serve-sample.ts';

export interface DashOptions {
  /** The run folder, without links. */
  readonly folder: string;
  /** Of 127.0.0.1; 0 for any that is free. */
  readonly port: number;
  /** How often the files are looked at, while somebody looks at the page. @defaultValue 500 */
  readonly pollMs?: number;
}

export interface Dash {
  readonly url: string;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';
const MAX_CONNECTIONS = 64;
/** A browser has six of a host at most, and tabs of one share them. */
const MAX_STREAMS = 16;
const BEAT_MS = 15_000;

/**
 * Serves the page of a run on 127.0.0.1, for reading alone.
 *
 * @throws {D3pmError} `INVALID_OPTIONS` for a port that is taken or not allowed.
 */
export async function startDash({ folder, port, pollMs = 500 }: DashOptions): Promise<Dash> {
  const files = await loadPageFiles();
  const streams = serveStreams(folder, pollMs);
  const server = createServer({ maxHeaderSize: 16_384, requestTimeout: 30_000, headersTimeout: 10_000 }, (request, response) => {
    void answer(request, response, { folder, files, streams, port: (server.address() as AddressInfo).port }).catch(() =>
      response.destroy(),
    );
  });
  server.maxConnections = MAX_CONNECTIONS;
  await listen(server, port);
  return {
    url: `http://${HOST}:${(server.address() as AddressInfo).port}/`,
    close: async () => {
      streams.close();
      const closed = new Promise<void>((done) => void server.close(() => done()));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((done, fail) => {
    server.once('error', fail);
    server.listen({ host: HOST, port, exclusive: true }, done);
  }).catch((cause: NodeJS.ErrnoException) => {
    const reason = cause.code === 'EADDRINUSE' ? 'is taken' : `cannot be had (${cause.message})`;
    throw new D3pmError('INVALID_OPTIONS', `dash: port ${port} of ${HOST} ${reason}; give another with --port, or 0 for any that is free`, {
      cause,
    });
  });
}

interface Served {
  readonly folder: string;
  readonly port: number;
  readonly files: ReadonlyMap<string, PageFile>;
  readonly streams: Streams;
}

async function answer(request: IncomingMessage, response: ServerResponse, { folder, port, files, streams }: Served): Promise<void> {
  const refuse = (status: number, reason: string, headers: Readonly<Record<string, string>> = {}): void =>
    void response.writeHead(status, { ...securityHeaders, 'Content-Type': 'text/plain; charset=utf-8', ...headers }).end(`${reason}\n`);
  const problem = requestProblem(request, port);
  if (problem) return refuse(problem.status, problem.reason, { ...problem.headers, Connection: 'close' });
  const [path = ''] = (request.url ?? '').split('?');
  const file = files.get(path);
  if (file) {
    const { type, content } = file;
    return void response.writeHead(200, { ...securityHeaders, 'Content-Type': type, 'Content-Length': content.length }).end(content);
  }
  if (path === '/events') return streams.has(MAX_STREAMS) ? refuse(503, 'too many pages are open') : streams.add(request, response);
  const name = sampleName(path);
  if (name === undefined || !(await serveSample(folder, name, response))) refuse(404, 'there is nothing here');
}

interface Streams {
  add(request: IncomingMessage, response: ServerResponse): Promise<void>;
  has(count: number): boolean;
  close(): void;
}

/** The pages that look on. Files are read while there is one. */
function serveStreams(folder: string, pollMs: number): Streams {
  const run = followRun(folder, { now: Date.now });
  const open = new Map<ServerResponse, EventStream | undefined>();
  let timer: NodeJS.Timeout | undefined;
  let beaten = Date.now();
  let last: Promise<void> = Promise.resolve();
  /** One after the other: what is new is told to all that are there, and nothing twice. */
  const inTurn = (work: () => Promise<void>): Promise<void> => (last = last.then(work, work));
  const look = async (): Promise<void> => {
    const messages = await run.refresh();
    for (const stream of open.values()) stream?.send(messages);
    if (Date.now() - beaten < BEAT_MS) return;
    beaten = Date.now();
    for (const stream of open.values()) stream?.beat();
  };
  const rest = (): void => {
    clearTimeout(timer);
    timer = undefined;
  };
  const next = (): void => {
    const goOn = (): void => (open.size > 0 ? next() : rest());
    timer = setTimeout(() => void inTurn(look).then(goOn, goOn), pollMs);
  };
  return {
    has: (count) => open.size >= count,
    add: (request, response) => {
      open.set(response, undefined);
      response.once('close', () => open.delete(response));
      return inTurn(async () => {
        await look();
        if (response.destroyed) return;
        const stream = openEventStream(response);
        if (request.method === 'HEAD') return void response.end();
        stream.send(run.all());
        open.set(response, stream);
        if (timer === undefined) next();
      });
    },
    close: () => {
      rest();
      for (const response of open.keys()) response.end();
      open.clear();
    },
  };
}
