import { knownDownloads, obtainFile, type KnownDownloadName } from '@d3pm/data/node';
import { watchProcess, type EndOfProcess } from '@d3pm/train/node';
import { createProgress } from '../progress.ts';

export interface FetchFlags {
  readonly fromFile?: string;
  readonly offline: boolean;
  readonly folder?: string;
  readonly quiet: boolean;
}

/** `d3pm fetch NAME`: the archive of a data set of the paper, into the cache folder, checked; prints where it lies. */
export async function runFetch(name: KnownDownloadName, { fromFile, offline, folder, quiet }: FetchFlags): Promise<void> {
  const { homepage, fileName } = knownDownloads[name];
  const say = (text: string): void => {
    if (!quiet) process.stderr.write(`${text}\n`);
  };
  say(`${fileName}, described at ${homepage}`);
  const progress = createProgress({ quiet });
  const watch = watchProcess();
  let started = false;
  try {
    const { path, sha256, size, fetched } = await obtainFile({
      name,
      offline,
      signal: watch.signal,
      onNotice: say,
      onProgress: ({ received, total }) => {
        if (total === undefined) return;
        if (!started) progress.start(`fetching ${fileName}`, Math.ceil(total / 1e6));
        started = true;
        progress.update(Math.floor(received / 1e6), 'MB');
      },
      ...(fromFile !== undefined && { fromFile }),
      ...(folder !== undefined && { folder }),
    });
    if (started) progress.finish(`${Math.round(size / 1e6)} MB`);
    say(`${fetched ? 'fetched' : 'it is there'}, sha256 ${sha256}`);
    process.stdout.write(`${path}\n`);
  } catch (error) {
    if (!watch.signal.aborted) throw error;
    process.exitCode = (watch.signal.reason as EndOfProcess).exitCode;
    say('stopped; the same command goes on from here');
  } finally {
    watch.dispose();
  }
}
