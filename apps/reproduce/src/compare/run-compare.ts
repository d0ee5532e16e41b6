import { configDifference, explainDifference } from '@d3pm/train/node';
import { renderPng } from '../figures/render-png.ts';
import { notes, printResult, type OutputFlags } from '../output.ts';
import type { CheckpointFacts } from '../run-files/checkpoint-facts.ts';
import { writeResult } from '../shards/write-result.ts';
import { compareChart, type CompareChartOptions } from './compare-chart.ts';
import { comparePage, type ComparePage, type RunChange } from './compare-page.ts';
import { differingFields } from './differing-fields.ts';
import { readRun } from './read-run.ts';
import { runNames } from './run-names.ts';
import { summarizeRun } from './run-summary.ts';

export interface CompareFlags extends CompareChartOptions, OutputFlags {
  readonly out: string;
}

/** `d3pm compare RUN RUN…`: what differs, the numbers and the curves of runs of d3pm train. */
export async function runCompare(paths: readonly string[], { out, x, ...flags }: CompareFlags): Promise<void> {
  const read = await Promise.all(paths.map((path) => readRun('compare', path)));
  const names = runNames(read.map(({ folder }) => folder));
  const named = read.map((run, i) => ({ ...run, name: names[i]! }));
  const configured = named.flatMap(({ name, checkpoint }) => (checkpoint ? [{ ...checkpoint, name }] : []));
  const page: ComparePage = {
    runs: named.map((run) => ({ name: run.name, ...summarizeRun(run) })),
    config: differingFields(configured.map(({ config }) => config)),
    environment: differingFields(configured.map(({ environment }) => environment)),
    configured: configured.map(({ name }) => name),
    changes: configured.flatMap(changesOf),
  };
  const svg = compareChart(named, { x });
  const markdown = comparePage(page);
  const files = await writeResult(out, {
    'compare.md': `${markdown}\n\n![curves](compare.png)\n`,
    'compare.svg': svg,
    'compare.png': renderPng(svg),
  });
  printResult(flags, { text: `${markdown}\n`, value: machineReadable(page, named) });
  for (const file of files) notes(flags)(file);
}

/** Each against the part that came after it. */
function changesOf({ name, history, config, environment }: CheckpointFacts): readonly RunChange[] {
  const parts = [...history, { config, environment }];
  return history.map(({ toStep, ...then }, i) => {
    const { config: nextConfig, environment: nextEnvironment } = parts[i + 1]!;
    const changes = configDifference(then, { config: nextConfig, environment: nextEnvironment });
    return { name, toStep, difference: explainDifference(changes, { before: 'then', after: 'after it' }) };
  });
}

/** Numbers that are not finite are the texts that metrics.jsonl has for them; what is not known is null. */
function machineReadable(page: ComparePage, read: readonly { readonly folder: string }[]): unknown {
  const runs = page.runs.map((run, i) => ({ folder: read[i]!.folder, ...run }));
  return JSON.parse(JSON.stringify({ ...page, runs }, (_, value: unknown) => (isNonFinite(value) ? String(value) : (value ?? null))));
}

const isNonFinite = (value: unknown): value is number => typeof value === 'number' && !Number.isFinite(value);
