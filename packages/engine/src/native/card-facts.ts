import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './run-command.ts';

/** A card that this process can use. */
export interface Card {
  readonly name: string;
  /** As NVIDIA counts them, `9.0`; undefined when the driver does not tell. */
  readonly computeCapability: string | undefined;
}

/** What of a machine decides whether the variant for NVIDIA cards can use one. */
export interface CardFacts {
  /** Cards of NVIDIA that are plugged in, whether something can use them or not. */
  readonly onBus: number;
  /** Version of the driver; undefined when none is loaded. */
  readonly driver: string | undefined;
  readonly cards: readonly Card[];
}

/** The second is where WSL 2 has it, outside the PATH. */
const SMI = ['nvidia-smi', '/usr/lib/wsl/lib/nvidia-smi'];

/** The facts of this machine, by `nvidia-smi`, else by what the driver shows under `root`. */
export async function cardFacts(root = '/', signal?: AbortSignal): Promise<CardFacts> {
  const onBus = cardsOnBus(join(root, 'sys/bus/pci/devices'));
  const told = await askDriver(signal);
  return { onBus, ...(told ?? readDriver(root)) };
}

type DriverFacts = Pick<CardFacts, 'driver' | 'cards'>;

async function askDriver(signal: AbortSignal | undefined): Promise<DriverFacts | undefined> {
  for (const smi of SMI) {
    // Older drivers do not know the compute capability.
    for (const query of ['driver_version,name,compute_cap', 'driver_version,name']) {
      const { status, stdout } = await runCommand(smi, [`--query-gpu=${query}`, '--format=csv,noheader'], { signal });
      if (status !== 0) continue;
      const rows = stdout
        .trim()
        .split('\n')
        .map((line) => line.split(', '));
      return {
        driver: rows[0]?.[0] || undefined,
        cards: rows.flatMap(([, name, computeCapability]) => (name === undefined ? [] : [{ name, computeCapability }])),
      };
    }
  }
  return undefined;
}

function readDriver(root: string): DriverFacts {
  const folder = join(root, 'proc/driver/nvidia');
  const driver = /Kernel Module.*?\s(\d+\.\d+(?:\.\d+)?)\s/.exec(contentOf(join(folder, 'version')))?.[1];
  const cards = namesIn(join(folder, 'gpus')).flatMap((card) => {
    const text = contentOf(join(folder, 'gpus', card, 'information'));
    const device = `nvidia${/^Device Minor:\s*(\d+)/m.exec(text)?.[1]}`;
    const name = /^Model:\s*(.+)$/m.exec(text)?.[1];
    return name !== undefined && existsSync(join(root, 'dev', device)) ? [{ name, computeCapability: undefined }] : [];
  });
  return { driver, cards };
}

/** Display controllers of NVIDIA, 3D controllers included. */
function cardsOnBus(devices: string): number {
  return namesIn(devices).filter(
    (device) =>
      contentOf(join(devices, device, 'vendor')).trim() === '0x10de' && contentOf(join(devices, device, 'class')).startsWith('0x03'),
  ).length;
}

function namesIn(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

function contentOf(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}
