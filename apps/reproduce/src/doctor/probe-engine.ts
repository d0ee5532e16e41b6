import { execFile } from 'node:child_process';
import { missingKernels, prepareEngine, type EngineInfo, type EngineName } from '@d3pm/engine';
import { measureSpeed, type EngineSpeed } from './measure-speed.ts';

/** What a try of one engine has shown. */
export interface EngineProbe {
  readonly info: EngineInfo;
  readonly speed: EngineSpeed;
  /** Kernels that tfjs has and this engine lacks. */
  readonly missingKernels: readonly string[];
}

export interface ProbeOptions {
  readonly engine: 'auto' | EngineName;
  readonly threads?: number;
}

const TIMEOUT_MS = 60_000;

/** Tries an engine in this process. */
async function probeEngine({ engine, threads }: ProbeOptions): Promise<EngineProbe> {
  const info = await prepareEngine({ backend: engine, ...(threads === undefined ? {} : { threads }) });
  return { info, speed: await measureSpeed(), missingKernels: await missingKernels(info.backend) };
}

/** `d3pm probe`: {@link probeEngine} for {@link probeElsewhere}. */
export async function runProbe(options: ProbeOptions): Promise<void> {
  process.stdout.write(JSON.stringify(await probeEngine(options)));
}

/** Tries an engine in a process of its own, which it may end or keep busy for ever. In a few words why that did not go well, if it did not. */
export async function probeElsewhere({ engine, threads }: ProbeOptions): Promise<EngineProbe | string> {
  const flags = ['probe', '--engine', engine, ...(threads === undefined ? [] : ['--threads', String(threads)])];
  return new Promise((resolve) => {
    execFile(process.execPath, [process.argv[1]!, ...flags], { timeout: TIMEOUT_MS }, (error, stdout, stderr) => {
      if (error === null) return resolve(JSON.parse(stdout) as EngineProbe);
      if (error.killed === true) return resolve(`it gave no answer within ${TIMEOUT_MS / 1000} s`);
      if (error.signal) return resolve(`it ended its process by ${error.signal}`);
      return resolve(
        stderr
          .trim()
          .replace(/^error \w+: /, '')
          .slice(0, 1000),
      );
    });
  });
}
