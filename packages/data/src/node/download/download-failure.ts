import { quoted } from '@d3pm/core';

/** Why a try has ended without the file. */
export interface DownloadFailure {
  readonly reason: string;
  /** Whether the same address may do better the next time. */
  readonly retry: boolean;
  /** How long to wait before that, where it is known. */
  readonly waitMs?: number | undefined;
  readonly cause?: unknown;
}

const TLS = /^(CERT_|CRL_|ERR_TLS_|ERR_SSL_|EPROTO$|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH$|INVALID_CA$)/;
const REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'the name of the server is not known: there is no network, or no such server',
  EAI_AGAIN: 'the name of the server cannot be looked up: there is no network',
  ENETUNREACH: 'there is no network',
  EHOSTUNREACH: 'the server cannot be reached',
  ECONNREFUSED: 'the server refuses the connection',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  UND_ERR_SOCKET: 'the connection was cut',
  ETIMEDOUT: 'the server does not answer',
  UND_ERR_CONNECT_TIMEOUT: 'the server does not answer',
};

/** What an error of `fetch`, or of reading its body, means. */
export function failureOfNetwork(cause: unknown): DownloadFailure {
  const code = codeOf(cause);
  if (code !== undefined && TLS.test(code)) {
    const way = 'set NODE_EXTRA_CA_CERTS for a certificate authority of your own; the check is never left out';
    return { reason: `the certificate or the encryption of the server is not accepted (${code}): ${way}`, retry: false, cause };
  }
  const reason = code === undefined ? undefined : (REASONS[code] ?? (code.startsWith('HPE_') ? 'the answer is no HTTP' : undefined));
  const said = cause instanceof Error ? cause.message : String(cause);
  return { reason: `${reason ?? quoted(said).slice(1, -1)}${code === undefined ? '' : ` (${code})`}`, retry: true, cause };
}

/** The innermost code: `fetch` wraps the error of the socket, and a name with several addresses wraps theirs. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const inner = codeOf(error.cause) ?? (error instanceof AggregateError ? codeOf(error.errors[0]) : undefined);
  const { code } = error as NodeJS.ErrnoException;
  return inner ?? (typeof code === 'string' ? code : undefined);
}
