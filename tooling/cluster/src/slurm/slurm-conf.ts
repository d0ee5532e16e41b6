import { join } from 'node:path';

export interface SlurmConfOptions {
  /** For all that it writes. */
  readonly folder: string;
  /** As `hostname -s` says. */
  readonly hostname: string;
  readonly processors: number;
  /** Of slurmctld and of slurmd. */
  readonly ports: readonly [number, number];
}

/** The one node. */
export const NODE = 'one';

/** A `slurm.conf` of one node on loopback, whose daemons belong to root, without accounting. */
export function slurmConf({ folder, hostname, processors, ports }: SlurmConfOptions): string {
  const [controller, node] = ports;
  const settings = {
    ClusterName: 'd3pm',
    SlurmctldHost: 'localhost(127.0.0.1)',
    SlurmctldPort: controller,
    SlurmdPort: node,
    SlurmUser: 'root',
    SlurmdUser: 'root',
    AuthType: 'auth/munge',
    CredType: 'cred/munge',
    AuthInfo: `socket=${join(folder, 'munge/socket')}`,
    StateSaveLocation: join(folder, 'state'),
    SlurmdSpoolDir: join(folder, 'spool'),
    SlurmctldPidFile: join(folder, 'slurmctld.pid'),
    SlurmdPidFile: join(folder, 'slurmd.pid'),
    ProctrackType: 'proctrack/linuxproc',
    TaskPlugin: 'task/none',
    MpiDefault: 'none',
    ReturnToService: 2,
    // Seconds from SIGTERM to SIGKILL.
    KillWait: 10,
    SelectType: 'select/cons_tres',
    SelectTypeParameters: 'CR_CPU_Memory',
    JobAcctGatherType: 'jobacct_gather/none',
    AccountingStorageType: 'accounting_storage/none',
    // The node has what is said here, whatever the machine has.
    SlurmdParameters: 'config_overrides',
  };
  return [
    ...Object.entries(settings).map(([name, value]) => `${name}=${value}`),
    `NodeName=${NODE} NodeHostname=${hostname} NodeAddr=127.0.0.1 CPUs=${processors} RealMemory=8192 State=UNKNOWN`,
    `PartitionName=all Nodes=${NODE} Default=YES MaxTime=INFINITE State=UP`,
    '',
  ].join('\n');
}
