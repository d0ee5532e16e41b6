import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { notes, printResult, type OutputFlags } from '../output.ts';
import { findRun } from '../run-files/find-run.ts';
import { futureRun } from './future-run.ts';
import { startDash } from './start-dash.ts';

export interface DashFlags extends Required<Pick<OutputFlags, 'json'>> {
  readonly port: number;
}

/** `d3pm dash RUN`: serves the page of a run, which may be still to come, until SIGINT or SIGTERM. */
export async function runDash(path: string, { port, json }: DashFlags): Promise<void> {
  const isThere = existsSync(path);
  const folder = isThere ? await findRun('dash', path) : await futureRun(path);
  const dash = await startDash({ folder, port });
  const ended = Promise.race(['SIGINT', 'SIGTERM'].map((signal) => once(process, signal)));
  printResult({ json }, { text: `${dash.url}\n`, value: { url: dash.url } });
  if (!isThere) notes({ quiet: false, json })(`${path} is not there yet; the page waits for it`);
  await ended;
  await dash.close();
}
