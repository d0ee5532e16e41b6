import { once } from 'node:events';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { DashMessages } from '../src/dash/dash-message.ts';
import { startDash, type Dash } from '../src/dash/start-dash.ts';
import { makeRun, type MadeRun } from './made-run.ts';

/** A run folder within another, and the servers that look at it. */
export interface DashBed {
  readonly folder: string;
  readonly run: string;
  /** Makes the run of what is given, and serves it. */
  start(of?: MadeRun): Promise<Dash>;
  /** Ends the servers, and removes the folder. */
  remove(): Promise<void>;
}

export function dashBed(): DashBed {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'd3pm-dash-')));
  const run = join(folder, 'run-1');
  const dashes: Dash[] = [];
  return {
    folder,
    run,
    start: async (of = {}) => {
      const dash = await startDash({ folder: makeRun(run, of), port: 0, pollMs: 20 });
      dashes.push(dash);
      return dash;
    },
    remove: async () => {
      for (const dash of dashes) await dash.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface Asked {
  readonly method?: string;
  /** As it stands in the request line. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export const open = async (url: string, { method = 'GET', path = '/', headers = {} }: Asked = {}): Promise<IncomingMessage> => {
  const { port } = new URL(url);
  const asked = request({ host: '127.0.0.1', port, method, path, headers: { Host: `127.0.0.1:${port}`, ...headers }, agent: false });
  asked.end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  return response;
};

export const ask = async (url: string, asked: Asked = {}): Promise<Answer> => {
  const response = await open(url, asked);
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part as Buffer);
  return { status: response.statusCode!, headers: response.headers, text: Buffer.concat(parts).toString() };
};

export interface Listener {
  readonly messages: { readonly [Name in keyof DashMessages]: readonly DashMessages[Name][] };
  /** All points, as the page has them. */
  points(): Omit<DashMessages['points'], 'reset'>;
  close(): void;
}

/** Looks on as the page does. */
export const listen = async (url: string): Promise<Listener> => {
  const response = await open(url, { path: '/events' });
  expect([response.statusCode, response.headers['content-type']]).toEqual([200, 'text/event-stream; charset=utf-8']);
  const messages: { [Name in keyof DashMessages]: DashMessages[Name][] } = { run: [], status: [], points: [], samples: [], log: [] };
  let rest = '';
  response.setEncoding('utf8').on('data', (part: string) => {
    const events = `${rest}${part}`.split('\n\n');
    rest = events.pop()!;
    for (const event of events) {
      const [, name, data] = /^event: (\w+)\ndata: (.*)$/.exec(event) ?? [];
      if (name !== undefined) (messages[name as keyof DashMessages] as unknown[]).push(JSON.parse(data!));
    }
  });
  response.on('error', () => undefined); // the server is closed first
  await expect.poll(() => messages.points.length, { timeout: 20_000 }).toBeGreaterThan(0);
  return {
    messages,
    points: () =>
      messages.points.reduce(
        (all, { reset, train, bound, pace }) =>
          reset
            ? { train, bound, pace }
            : { train: [...all.train, ...train], bound: [...all.bound, ...bound], pace: [...all.pace, ...pace] },
        { train: [], bound: [], pace: [] } as Omit<DashMessages['points'], 'reset'>,
      ),
    close: () => response.destroy(),
  };
};

export const losses = (listener: Listener): readonly (readonly [number, number | null])[] =>
  listener.points().train.map(([step, loss]) => [step, loss]);
export const within = { timeout: 20_000, interval: 10 };
