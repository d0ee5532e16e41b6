import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CommanderError } from 'commander';
import { updatePage } from './docs-page.ts';
import { growthChart } from './growth/growth-chart.ts';
import { renderPng } from './growth/render-png.ts';
import { runGrowth } from './growth/run-growth.ts';
import { parseOptions, type BenchOptions } from './options.ts';
import { findPeer, peerTitles, type PeerState } from './python.ts';
import { mergeResults, readResult, writeResult } from './result-file.ts';
import { runWork } from './run-work.ts';
import { goalRows, timeRows } from './table.ts';
import { peers, type Peer } from './work.ts';
import { works } from './works/index.ts';

const docs = (file: string): string => fileURLToPath(new URL(`../../../docs/${file}`, import.meta.url));
const names = works.map(({ name }) => name);
const args = process.argv.slice(2);
const command = ['pnpm bench', ...args].join(' ');
try {
  await bench(parseOptions(args, names));
} catch (cause) {
  if (!(cause instanceof CommanderError)) console.error(`bench: ${(cause as Error).message}`);
  process.exitCode = cause instanceof CommanderError ? cause.exitCode : 1;
}

async function bench(options: BenchOptions): Promise<void> {
  const file = options.json ?? (options.writeDocs ? docs('benchmarks.json') : undefined);
  let result = file === undefined ? readResult('') : readResult(file);
  const wanted = (name: string): boolean => options.measure && (options.only.length === 0 || options.only.includes(name));
  const save = async (news: Parameters<typeof mergeResults>[1]): Promise<void> => {
    result = mergeResults(result, news, names);
    if (file !== undefined) await writeResult(file, result);
  };

  const chosen = works.filter(({ name }) => wanted(name));
  const found = options.peers ? findPeers(chosen.flatMap((work) => work.peers)) : new Map<Peer, PeerState>();
  for (const work of chosen) {
    console.log(`${work.name}: ${work.title}`);
    const { threads, rounds, seconds, patience } = options;
    const measured = await runWork(work, { command, engines: options.engine, peers: found, threads, rounds, seconds, patience });
    for (const reason of measured.skipped) console.log(`  skipped: ${reason}`);
    console.table(timeRows([measured]).map(({ work: _work, ...row }) => row));
    console.table(goalRows([measured]).map(({ work: _work, ...row }) => row));
    await save({ works: [measured] });
  }
  if (options.growth && wanted('growth')) {
    console.log('growth: time against B, L, K and T');
    const growth = await runGrowth({
      command,
      engine: options.engine[0]!,
      threads: options.threads,
      seconds: options.seconds / 10,
      onCurve: ({ work, size, slope }) => console.log(`  ${work}, ${size}: ${slope.toFixed(2)}`),
    });
    await save({ works: [], growth });
  }
  if (options.writeDocs) {
    writeFileSync(docs('benchmarks.md'), updatePage(readFileSync(docs('benchmarks.md'), 'utf8'), result));
    if (result.growth) writeFileSync(docs('benchmarks-growth.png'), renderPng(growthChart(result.growth)));
  }
}

function findPeers(of: readonly Peer[]): ReadonlyMap<Peer, PeerState> {
  const states = new Map(peers.filter((peer) => of.includes(peer)).map((peer) => [peer, findPeer(peer)]));
  for (const [peer, state] of states) if ('missing' in state) console.log(`${peerTitles[peer]} is skipped: ${state.missing}`);
  return states;
}
