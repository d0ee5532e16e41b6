import type { IncomingMessage } from 'node:http';

export interface RequestProblem {
  readonly status: number;
  /** For the person or program that asked; nothing of the request stands in it. */
  readonly reason: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const NAMES = ['127.0.0.1', 'localhost', '[::1]'];
/** The port that a browser leaves out. */
const HTTP_PORT = 80;

/**
 * Why a request is refused; undefined for one that may be answered. A name of another host that leads here (DNS rebinding) would let its
 * pages read ours; so would a page of another origin that asks for parts of it.
 */
export function requestProblem({ method, headers }: Pick<IncomingMessage, 'headers' | 'method'>, port: number): RequestProblem | undefined {
  const hosts = NAMES.flatMap((name) => [`${name}:${port}`, ...(port === HTTP_PORT ? [name] : [])]);
  const { host = '', origin } = headers;
  if (!hosts.includes(host.toLowerCase())) return { status: 421, reason: `this answers as 127.0.0.1:${port} alone` };
  if (origin !== undefined && !hosts.some((own) => origin.toLowerCase() === `http://${own}`)) {
    return { status: 403, reason: 'a page of another origin may not ask' };
  }
  const isElsewhere = ['cross-site', 'same-site'].includes(String(headers['sec-fetch-site'] ?? ''));
  if (isElsewhere && headers['sec-fetch-mode'] !== 'navigate') return { status: 403, reason: 'a page of another origin may not ask' };
  if (method !== 'GET' && method !== 'HEAD')
    return { status: 405, reason: 'this is for reading: GET and HEAD', headers: { Allow: 'GET, HEAD' } };
  return undefined;
}
