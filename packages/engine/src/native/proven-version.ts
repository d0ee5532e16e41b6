import { D3pmError } from '@d3pm/core';
import { runCommand } from './run-command.ts';

const PROGRAM = 'process.stdout.write(String(require(process.argv[1]).TF_Version))';

/**
 * Loads a binding in a process of its own, which a library that does not suit the machine would end, and gives the version of
 * TensorFlow that it names.
 *
 * @throws {D3pmError} `ENGINE` with what Node or the library says when it does not load
 */
export async function provenVersion(binding: string, signal?: AbortSignal): Promise<string> {
  const env = { TF_CPP_MIN_LOG_LEVEL: '2' };
  const { status, stdout, stderr } = await runCommand(process.execPath, ['-e', PROGRAM, binding], { env, signal });
  if (status === 0) return stdout;
  throw new D3pmError('ENGINE', `Node ${process.version} cannot load ${binding}: ${stderr.trim().slice(-1500)}`);
}
