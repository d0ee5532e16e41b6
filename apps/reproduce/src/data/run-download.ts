import { basename } from 'node:path';
import { knownDownloads, obtainFiles } from '@d3pm/data/node';
import { watchProcess, type EndOfProcess } from '@d3pm/train/node';
import { notes, printResult, type OutputFlags } from '../output.ts';
import { createProgress } from '../progress.ts';

export interface DownloadFlags extends OutputFlags {
  readonly fromFile?: string;
  readonly offline: boolean;
  readonly folder?: string;
}

/** `d3pm download NAME`: the files of a data set, into the cache folder, checked; prints where they lie. */
export async function runDownload(
  name: keyof typeof knownDownloads,
  { fromFile, offline, folder, quiet, json = false }: DownloadFlags,
): Promise<void> {
  const known = knownDownloads[name];
  const what = 'files' in known ? `${name}, ${known.files.length} files` : known.fileName;
  const say = notes({ quiet, json });
  say(`${what}, described at ${known.homepage}`);
  const progress = createProgress({ quiet, json });
  const watch = watchProcess();
  let started = false;
  try {
    const { path, files } = await obtainFiles({
      name,
      offline,
      signal: watch.signal,
      onNotice: say,
      onProgress: ({ received, total }) => {
        if (total === undefined) return;
        if (!started) progress.start(`downloading ${what}`, Math.ceil(total / 1e6));
        started = true;
        progress.update(Math.floor(received / 1e6), 'MB');
      },
      ...(fromFile !== undefined && { fromFile }),
      ...(folder !== undefined && { folder }),
    });
    if (started) progress.finish(`${Math.round(files.reduce((sum, { size }) => sum + size, 0) / 1e6)} MB`);
    for (const { path: file, sha256, fetched } of files) say(`${basename(file)}: ${fetched ? 'fetched' : 'it is there'}, sha256 ${sha256}`);
    printResult({ json }, { text: `${path}\n`, value: { path, files } });
  } catch (error) {
    if (!watch.signal.aborted) throw error;
    process.exitCode = (watch.signal.reason as EndOfProcess).exitCode;
    say('stopped; the same command goes on from here');
  } finally {
    progress.stop();
    watch.dispose();
  }
}
