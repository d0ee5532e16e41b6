import { spawnSync } from 'node:child_process';
import { entering, type Host } from './host.ts';

/** Runs a program on a host to its end; gives what it prints, and throws when it fails. */
export function onHost(host: Host, ...command: readonly string[]): string {
  const [program, ...args] = [...entering(host), ...command];
  const { status, stdout, stderr, error } = spawnSync(program!, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command.join(' ')} on ${host.name} ended with ${status}: ${error?.message ?? stdout + stderr}`);
  return stdout.trim();
}
