import { readFile, readlink } from 'node:fs/promises';

/** `stopped` is suspended, as by SIGSTOP or a debugger; where the system does not tell, it is `running`. */
export type ProcessState = 'gone' | 'running' | 'stopped';

interface SystemStat {
  readonly state: string;
  readonly startTime: string;
}

/** When a process started, in ticks since the system did: field 22 of /proc/PID/stat. Undefined where there is no /proc. */
export async function startTimeOf(pid: number): Promise<string | undefined> {
  return (await readStat(pid))?.startTime;
}

/** Process numbers mean something within one of these only; containers may share the name of a host and not the numbers. */
export async function processNamespace(): Promise<string | undefined> {
  return readlink('/proc/self/ns/pid').catch(() => undefined);
}

/** What has become of the process that had this number and start time. A process with another start time has taken over the number. */
export async function processState(pid: number, startTime: string | undefined): Promise<ProcessState> {
  if (!exists(pid)) return 'gone';
  const stat = await readStat(pid);
  if (stat === undefined) return exists(pid) ? 'running' : 'gone'; // no /proc, or it hides the processes of others
  if ('ZXx'.includes(stat.state)) return 'gone'; // killed, and nobody has asked for its status
  if (startTime !== undefined && stat.startTime !== startTime) return 'gone';
  return 'Tt'.includes(stat.state) ? 'stopped' : 'running';
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'; // EPERM: somebody else's
  }
}

async function readStat(pid: number): Promise<SystemStat | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  // field 2, the command in parentheses, may hold spaces and parentheses itself
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, startTime] = [fields[0], fields[19]];
  return state === undefined || startTime === undefined ? undefined : { state, startTime };
}
