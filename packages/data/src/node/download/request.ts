import type { Download } from './download-options.ts';
import { failureOfNetwork, type DownloadFailure } from './download-failure.ts';
import { isWebAddress, shownAddress } from './web-address.ts';

const REDIRECTS = [301, 302, 303, 307, 308];
const MOST_REDIRECTS = 10;

/**
 * The answer to a GET, redirects followed: never from https to http, where anybody on the way could answer, and never in a circle.
 * Rejects only with the reason of an aborted signal.
 */
export async function request(
  url: string,
  headers: Readonly<Record<string, string>>,
  { fetch }: Pick<Download, 'fetch'>,
  signal: AbortSignal,
): Promise<Response | DownloadFailure> {
  const visited = new Set<string>();
  for (let address = url; ;) {
    visited.add(address);
    let response: Response;
    try {
      response = await fetch(address, { headers, redirect: 'manual', signal });
    } catch (cause) {
      signal.throwIfAborted();
      return failureOfNetwork(cause);
    }
    if (!REDIRECTS.includes(response.status)) return response;
    await response.body?.cancel();
    const location = response.headers.get('location');
    if (location === null || !URL.canParse(location, address)) return { reason: 'it redirects to no address', retry: false };
    const next = new URL(location, address).href;
    const refused = refusalOf(address, next, visited);
    if (refused !== undefined) return { reason: refused, retry: false };
    address = next;
  }
}

function refusalOf(from: string, to: string, visited: ReadonlySet<string>): string | undefined {
  if (!isWebAddress(to)) return 'it redirects to an address that is not fetched: neither http nor https, or with a password';
  if (from.startsWith('https:') && !to.startsWith('https:')) {
    return `it redirects from https to ${shownAddress(to)}, where the file could be changed on its way`;
  }
  if (visited.has(to)) return `it redirects in a circle, by ${shownAddress(to)}`;
  return visited.size > MOST_REDIRECTS ? `it redirects more than ${MOST_REDIRECTS} times` : undefined;
}
