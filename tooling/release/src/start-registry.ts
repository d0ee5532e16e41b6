import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { runServer } from 'verdaccio';

const SCOPE = '@d3pm';

export interface Registry {
  readonly url: string;
  /** Lines of an .npmrc with which npm takes the packages of the scope from here, and all others as it does anyway. */
  readonly npmrc: string;
  /** The lines of somebody who may publish. */
  readonly publisherNpmrc: string;
  stop(): Promise<void>;
}

/** Starts a Verdaccio in this process, on a free port of this machine alone, that has nothing, knows no other registry and keeps what it gets in `folder`. */
export async function startRegistry(folder: string): Promise<Registry> {
  const file = join(folder, 'config.yaml');
  const config = {
    storage: join(folder, 'storage'),
    auth: { htpasswd: { file: join(folder, 'htpasswd'), max_users: 1 } },
    uplinks: {},
    packages: { [`${SCOPE}/*`]: { access: '$all', publish: '$authenticated' } },
    web: { enable: false },
    max_body_size: '100mb',
    log: { type: 'file', path: join(folder, 'log'), format: 'json', level: 'info' },
  };
  await writeFile(file, JSON.stringify(config)); // JSON is YAML
  const server = (await runServer(file)) as Server;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const url = `http://${address}`;
  const npmrc = `${SCOPE}:registry=${url}\n`;
  const stop = (): Promise<void> => {
    server.closeAllConnections();
    return new Promise((resolve) => void server.close(() => resolve()));
  };
  try {
    return { url, npmrc, publisherNpmrc: `${npmrc}//${address}:_authToken=${await tokenOf(url)}\n`, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** That of a user made for it, who ends with the registry. */
async function tokenOf(url: string): Promise<string> {
  const response = await fetch(`${url}-/user/org.couchdb.user:releaser`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'releaser', password: randomUUID() }),
  });
  const { token } = (await response.json()) as { readonly token?: string };
  if (token === undefined) throw new Error(`startRegistry: the registry gave its user no token (HTTP ${response.status})`);
  return token;
}
