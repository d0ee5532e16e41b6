import { fileURLToPath } from 'node:url';
import type { ContestantResult, WorkResult } from './bench-result.ts';
import { startContestant, type Contestant, type ContestantCommand } from './contestant.ts';
import { engineTitles } from './engine-titles.ts';
import { judge, ratios } from './judge.ts';
import { measure, type MeasureOptions } from './measure.ts';
import { provenance } from './provenance.ts';
import { peerCommand, peerTitles, type PeerState } from './python.ts';
import type { Engine, Peer, Work } from './work.ts';

export interface RunWorkOptions extends MeasureOptions {
  /** The command line, for the record. */
  readonly command: string;
  readonly engines: readonly Engine[];
  readonly peers: ReadonlyMap<Peer, PeerState>;
  readonly threads: number;
}

/** Measures one work on our engines and its peers, in turn. A contestant that fails is named among what was skipped. */
export async function runWork(work: Work, { command, engines, peers, threads, ...options }: RunWorkOptions): Promise<WorkResult> {
  const commands: ContestantCommand[] = work.engines
    .filter((engine) => engines.includes(engine))
    .map((engine) => ourCommand(work, engine, threads));
  const skipped: string[] = [];
  for (const peer of work.peers) {
    const state = peers.get(peer);
    if (state && 'python' in state) commands.push(peerCommand(peer, state.python, work.name, threads));
    else skipped.push(`${peerTitles[peer]}: ${state ? state.missing : 'not asked for'}`);
  }
  const contestants: Contestant[] = [];
  try {
    for (const start of commands) {
      try {
        contestants.push(await startContestant(start));
      } catch (cause) {
        skipped.push((cause as Error).message);
      }
    }
    assertSameNetwork(work, contestants);
    const timed = contestants.filter(({ introduction }) => introduction.timed !== false);
    const measurements = await measure(timed, work.slow ? { ...options, seconds: 0 } : options);
    const results = contestants.map(({ name, introduction }): ContestantResult => {
      const { timed: _timed, ...facts } = introduction;
      const found = measurements.find((measurement) => measurement.name === name);
      if (!found) return { ...facts, name };
      const { name: _name, ...time } = found;
      return { ...facts, name, time };
    });
    return {
      name: work.name,
      title: work.title,
      provenance: provenance(command),
      contestants: results,
      ratios: ratios(results),
      verdicts: judge(work, results),
      skipped,
    };
  } finally {
    for (const contestant of contestants) contestant.close();
  }
}

function ourCommand(work: Work, engine: Engine, threads: number): ContestantCommand {
  const server = fileURLToPath(new URL('serve.js', import.meta.url));
  return { name: engineTitles[engine], file: process.execPath, args: ['--expose-gc', server, work.name, engine, String(threads)] };
}

/** A time beside that of another network would say nothing. */
function assertSameNetwork({ name }: Work, contestants: readonly Contestant[]): void {
  const counts = contestants.flatMap(({ introduction }) => introduction.parameters ?? []);
  if (new Set(counts).size > 1) {
    const list = contestants.map((contestant) => `${contestant.name}: ${contestant.introduction.parameters}`);
    throw new Error(`${name}: the networks differ in their number of parameters (${list.join('; ')}); make the peer the same network`);
  }
}
