import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { JsonObject } from '@d3pm/train/node';
import { checkpointNames, newestCheckpointFacts, type CheckpointFacts } from '../run-files/checkpoint-facts.ts';
import { configFields } from '../run-files/config-fields.ts';
import { readInRun } from '../run-files/read-in-run.ts';
import { printable, shownValue } from '../run-files/shown-value.ts';
import type { DashMessages, FieldText, RunMessage, SamplesMessage } from './dash-message.ts';
import { followMetrics } from './follow-metrics.ts';
import { followPace } from './follow-pace.ts';
import { stateOfRun } from './run-state.ts';
import { isSampleName } from './sample-name.ts';

const LOG_BYTES = 32 * 2 ** 10;
const MAX_SAMPLES = 200;
const MAX_FIELDS = 500;

export interface RunFollower {
  /** Reads what is new. @returns the messages by which a page that has all earlier ones knows it; a part that cannot be read is a note. */
  refresh(): Promise<Partial<DashMessages>>;
  /** All that is known now, for a page that knows nothing. */
  all(): DashMessages;
}

/** @param root The run folder, without links. @param now In milliseconds since 1970. */
export function followRun(root: string, { now }: { readonly now: () => number }): RunFollower {
  const metrics = followMetrics(root);
  const pace = followPace(root);
  let checkpoint: CheckpointFacts | undefined;
  let wasThere = false;
  let known: Omit<DashMessages, 'points'> = {
    run: runMessage(root, undefined),
    status: { state: 'waiting', words: '', step: 0, notes: [] },
    samples: { names: [] },
    log: { text: '' },
  };
  return {
    refresh: async () => {
      const problems: string[] = [];
      const noted = async <T>(work: () => Promise<T>, otherwise: T): Promise<T> =>
        work().catch((error: Error) => {
          problems.push(error.message);
          return otherwise;
        });
      const read = await noted(() => metrics.poll(), { reset: false, train: [], bound: [] });
      const timed = await noted(() => pace.poll(), { reset: false, pace: [] });
      // A run that is still to come is none that is gone.
      wasThere ||= existsSync(root);
      if (wasThere) checkpoint = await noted(() => newestFacts(root, checkpoint), checkpoint);
      const log = await noted(() => readLog(root), known.log.text);
      const samples = await noted(() => sampleNames(root), known.samples);
      const state = await noted(() => stateOfRun(root, { log, now: now() }), { state: known.status.state, words: known.status.words });
      const numSteps = (checkpoint?.config['training'] as { readonly numSteps?: unknown } | undefined)?.numSteps;
      const total = typeof numSteps === 'number' ? numSteps : undefined;
      const fresh: Omit<DashMessages, 'points'> = {
        run: runMessage(root, checkpoint),
        status: {
          ...state,
          step: metrics.step,
          numSteps: total,
          secondsPerStep: pace.secondsPerStep(),
          endsAt: state.state === 'running' && total !== undefined ? pace.endsAt(total) : undefined,
          notes: [...metrics.notes, ...problems],
        },
        samples,
        log: { text: log },
      };
      const changed = Object.fromEntries(
        Object.entries(fresh).filter(([name, message]) => JSON.stringify(message) !== JSON.stringify(known[name as keyof typeof known])),
      ) as Partial<typeof fresh>;
      known = fresh;
      const reset = read.reset || timed.reset;
      const points = reset ? { reset, ...metrics.all(), pace: pace.all() } : { ...read, pace: timed.pace };
      const hasPoints = reset || points.train.length + points.bound.length + points.pace.length > 0;
      return { ...changed, ...(hasPoints && { points }) };
    },
    all: () => ({ ...known, points: { reset: true, ...metrics.all(), pace: pace.all() } }),
  };
}

function runMessage(root: string, checkpoint: CheckpointFacts | undefined): RunMessage {
  return {
    name: printable(basename(basename(root) === 'run' ? dirname(root) : root)),
    folder: printable(root),
    checkpoint: checkpoint?.name,
    config: checkpoint ? fieldTexts(checkpoint.config) : [],
    environment: checkpoint ? fieldTexts(checkpoint.environment) : [],
  };
}

function fieldTexts(values: JsonObject): readonly FieldText[] {
  return [...configFields(values)].slice(0, MAX_FIELDS).map(([field, value]) => [shownValue(field), shownValue(value)]);
}

/** Reads a config again only when there is a newer checkpoint. */
async function newestFacts(root: string, last: CheckpointFacts | undefined): Promise<CheckpointFacts | undefined> {
  const [newest] = await checkpointNames(root);
  return newest === last?.name ? last : newestCheckpointFacts(root);
}

async function readLog(root: string): Promise<string> {
  const bytes = await readInRun(root, ['run.log'], { maxBytes: LOG_BYTES, longer: 'end' });
  const text = bytes?.toString() ?? '';
  const whole = bytes?.length === LOG_BYTES ? text.slice(text.indexOf('\n') + 1) : text;
  return whole.split('\n').map(printable).join('\n');
}

/** The newest first: their names have the step. */
async function sampleNames(root: string): Promise<SamplesMessage> {
  const entries = await readdir(join(root, 'samples'), { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const names = entries.filter((entry) => entry.isFile() && isSampleName(entry.name)).map(({ name }) => name);
  return { names: names.toSorted((a, b) => (a < b ? 1 : -1)).slice(0, MAX_SAMPLES) };
}
