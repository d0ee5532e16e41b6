import { spawnSync } from 'node:child_process';
import { missingPrograms } from '../missing-programs.ts';
import type { Suite } from '../suite.ts';
import { NAMESPACES } from './host.ts';
import { startHosts } from './start-hosts.ts';

const PROGRAMS = ['ip', 'mount', 'nsenter', 'unshare'];

/** Groups of processes over two hosts. */
export const hosts: Suite = {
  name: 'hosts',
  missing: () => {
    if (process.platform !== 'linux') return 'hosts are made of the namespaces of Linux';
    const missing = missingPrograms(PROGRAMS);
    if (missing.length > 0) return `there is no ${missing.join(', ')}; on Debian, apt install iproute2 mount util-linux`;
    if (process.getuid!() !== 0) return 'namespaces are made by root';
    const { status, stderr } = spawnSync('unshare', [...NAMESPACES, 'true'], { encoding: 'utf8' });
    return status === 0 ? undefined : `namespaces cannot be made here: ${stderr.trim()}`;
  },
  start: startHosts,
};
