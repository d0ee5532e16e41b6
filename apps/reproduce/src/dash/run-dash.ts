import { once } from 'node:events';
import { printResult, type OutputFlags } from '../output.ts';
import { findRun } from '../run-files/find-run.ts';
import { startDash } from './start-dash.ts';

export interface DashFlags extends Required<Pick<OutputFlags, 'json'>> {
  readonly port: number;
}

/** `d3pm dash RUN`: serves the page of a run until SIGINT or SIGTERM. */
export async function runDash(path: string, { port, json }: DashFlags): Promise<void> {
  const folder = await findRun('dash', path);
  const dash = await startDash({ folder, port });
  const ended = Promise.race(['SIGINT', 'SIGTERM'].map((signal) => once(process, signal)));
  printResult({ json }, { text: `${dash.url}\n`, value: { url: dash.url } });
  await ended;
  await dash.close();
}
