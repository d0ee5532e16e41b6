import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { GrowthCurve, GrowthResult } from '../bench-result.ts';
import { provenance } from '../provenance.ts';
import type { Engine } from '../work.ts';

export interface RunGrowthOptions {
  readonly command: string;
  readonly engine: Engine;
  readonly threads: number;
  /** Seconds of each point. */
  readonly seconds: number;
  onCurve(curve: GrowthCurve): void;
}

/** How cost grows with B, L, K and T, measured in a process of its own. @throws {Error} when that fails. */
export async function runGrowth({ command, engine, threads, seconds, onCurve }: RunGrowthOptions): Promise<GrowthResult> {
  const server = fileURLToPath(new URL('serve-growth.js', import.meta.url));
  const child = spawn(process.execPath, [server, engine, String(threads), String(seconds)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  const curves: GrowthCurve[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith('{')) continue;
    const curve = JSON.parse(line) as GrowthCurve;
    curves.push(curve);
    onCurve(curve);
  }
  const [code] = (await closed) as [number | null];
  if (code !== 0) throw new Error(`growth: its process ended with ${code}`);
  return { provenance: provenance(command), engine, curves };
}
