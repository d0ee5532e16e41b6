import { cpus, totalmem } from 'node:os';
import { describeEngines, type EngineName } from '@d3pm/engine';
import { describeMachine, describeNative, type MachineReport, type NativeReport } from '@d3pm/engine/native';
import { probeElsewhere, type EngineProbe } from './probe-engine.ts';

/** One engine, tried. */
export interface EngineFinding {
  readonly name: EngineName;
  /** Why it cannot be used here. */
  readonly obstacle?: string;
  readonly probe?: EngineProbe;
}

/** What `d3pm doctor` finds. */
export interface DoctorReport {
  readonly node: { readonly version: string; readonly needed: string; readonly supported: boolean };
  readonly hardware: { readonly processor: string; readonly cores: number; readonly memoryBytes: number };
  readonly machine: MachineReport;
  readonly native: NativeReport;
  readonly engines: readonly EngineFinding[];
  /** What a run gets that asks for no engine; or why it gets none. */
  readonly chosen: { readonly name: EngineName; readonly reason: string } | { readonly error: string };
}

const NODE = [22, 13] as const;

export async function doctorReport(threads: number | undefined): Promise<DoctorReport> {
  const [cpu] = cpus();
  const [machine, native, engines] = [await describeMachine(), describeNative(), await describeEngines()];
  const probe = (engine: 'auto' | EngineName): ReturnType<typeof probeElsewhere> =>
    probeElsewhere({ engine, ...(threads === undefined ? {} : { threads }) });
  const automatic = await probe('auto');
  const findings: EngineFinding[] = [];
  // One after the other: each is timed.
  for (const { name, obstacle } of engines) {
    const isChosen = typeof automatic !== 'string' && automatic.info.name === name;
    const found = obstacle ?? (isChosen ? automatic : await probe(name));
    findings.push(typeof found === 'string' ? { name, obstacle: found } : { name, probe: found });
  }
  return {
    node: { version: process.versions.node, needed: NODE.join('.'), supported: isSupported(process.versions.node) },
    hardware: { processor: cpu?.model.trim() ?? 'unknown', cores: cpus().length, memoryBytes: totalmem() },
    machine,
    native,
    engines: findings,
    chosen: typeof automatic === 'string' ? { error: automatic } : { name: automatic.info.name, reason: automatic.info.reason },
  };
}

function isSupported(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > NODE[0] || (major === NODE[0] && minor >= NODE[1]);
}
