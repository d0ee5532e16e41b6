import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Started } from '../suite.ts';
import { entering, type Host } from './host.ts';
import { link } from './link.ts';
import { startHost, type StartedHost } from './start-host.ts';

/** What the tests are given, as JSON in `D3PM_HOSTS`. */
export interface TwoHosts {
  /** Where launchers start. */
  readonly near: Host;
  readonly far: Host;
  /** For what the tests write; goes with the hosts. */
  readonly folder: string;
  /** `agent HOST COMMAND…` runs a command on a host, as `ssh` does. */
  readonly agent: string;
}

/** Two hosts and a link between them, which leads nowhere else. They have the files of this machine. */
export async function startHosts(): Promise<Started> {
  const folder = mkdtempSync(join(tmpdir(), 'd3pm-hosts-'));
  const started: StartedHost[] = [];
  const stop = async (): Promise<void> => {
    for (const host of started) await host.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  const start = async (name: string, address: string): Promise<Host> => {
    const host = await startHost({ name, address });
    started.push(host);
    return { name, address, pid: host.pid };
  };
  try {
    const near = await start('host-a', '10.77.0.1');
    const far = await start('host-b', '10.77.0.2');
    await link(near, far);
    const agent = join(folder, 'agent');
    writeFileSync(agent, agentScript([near, far]), { mode: 0o755 });
    const hosts: TwoHosts = { near, far, folder, agent };
    return { env: { ...process.env, D3PM_HOSTS: JSON.stringify(hosts) }, stop };
  } catch (error) {
    await stop();
    throw new Error(`no hosts: ${(error as Error).message}`, { cause: error });
  }
}

/** Options of `ssh` are dropped; of the caller's environment the command has, as over there, nothing. */
function agentScript(hosts: readonly Host[]): string {
  return [
    '#!/bin/sh',
    'while :; do case $1 in -*) shift ;; *) break ;; esac; done',
    'case $1 in',
    ...hosts.map((host) => `${host.address}) enter='${entering(host).join(' ')}' ;;`),
    '*) echo "there is no host $1" >&2; exit 255 ;;',
    'esac',
    'shift',
    'exec $enter env -i PATH="$PATH" HOME="$HOME" sh -c "$*"',
    '',
  ].join('\n');
}
