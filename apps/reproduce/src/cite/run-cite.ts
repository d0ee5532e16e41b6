import { existsSync, statSync } from 'node:fs';
import { readTrainConfig } from '../config/read-train-config.ts';
import type { TrainConfig } from '../config/train-config.ts';
import { notes, printResult, type OutputFlags } from '../output.ts';
import { readTrainedRun, trainConfigOf, type TrustFlags } from '../shards/trained-run.ts';
import { citation } from './citation.ts';

/** `d3pm cite RUN|CONFIG`: the papers behind what a run or a config uses, as BibTeX. */
export async function runCite(source: string, flags: Pick<OutputFlags, 'json'> & TrustFlags): Promise<void> {
  const citations = await citation(await configOf(source, flags));
  const entries = citations.map(({ bibtex, uses }) => `% ${uses.join(', ')}\n${bibtex}\n`);
  printResult(flags, { text: entries.join('\n'), value: citations });
}

async function configOf(source: string, flags: Pick<OutputFlags, 'json'> & TrustFlags): Promise<TrainConfig> {
  const isFolder = existsSync(source) && statSync(source).isDirectory();
  if (!isFolder) return (await readTrainConfig(source, [])).config;
  const { config } = await readTrainedRun(source, notes({ quiet: false, ...flags }));
  return trainConfigOf(config, flags);
}
