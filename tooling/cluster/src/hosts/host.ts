/** A network, a name, shared memory and mounts of its own. */
export interface Host {
  readonly name: string;
  /** By which launchers know it. */
  readonly address: string;
  /** A process that is there from first to last, and does nothing. */
  readonly pid: number;
}

/** What a host has for itself, as `unshare` and `nsenter` are told. With one `ipc` MPICH finds that two hosts share memory, and takes that. */
export const NAMESPACES: readonly string[] = ['--net', '--uts', '--ipc', '--mount'];

/** Command line before that of a program which is to run on a host. */
export const entering = ({ pid }: Host): readonly string[] => ['nsenter', `--target=${pid}`, ...NAMESPACES];
