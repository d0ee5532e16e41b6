import { describe, expect, it } from 'vitest';
import type { Choices } from '../src/choices/choices.ts';
import { changedChoices } from '../src/choices/changed-choices.ts';
import { defaultChoices } from '../src/choices/presets.ts';
import type { Frame, LearnEvent } from '../src/learn/learn-messages.ts';
import { createLearnServer } from '../src/learn/learn-server.ts';

const tiny: Choices = { ...defaultChoices, levels: 8, steps: 6, t: 3, updates: 20, engine: 'wasm' };
const characters: Choices = { ...changedChoices(tiny, { data: 'characters' }), steps: 6, t: 3, updates: 3 };
const book = 'it was the whiteness of the whale that above all things appalled me '.repeat(30);

interface Told {
  readonly events: readonly LearnEvent[];
  readonly serve: ReturnType<typeof createLearnServer>;
  of<T extends LearnEvent['type']>(type: T): readonly Extract<LearnEvent, { readonly type: T }>[];
}

/** A server, and all that it tells. */
function listen(onEvent: (event: LearnEvent, serve: Told['serve']) => void = () => {}): Told {
  const events: LearnEvent[] = [];
  const serve: Told['serve'] = createLearnServer({
    tell: (event) => {
      events.push(event);
      onEvent(event, serve);
    },
    loadBook: async () => book,
  });
  const of: Told['of'] = (type) =>
    events.filter((event): event is Extract<LearnEvent, { readonly type: typeof type }> => event.type === type);
  return { events, serve, of };
}

const framesOf = (told: Told): readonly Frame[] => told.of('frame').map(({ frame }) => frame);

describe('the worker that learns', () => {
  it('trains on a swiss roll, and samples from x_T to x_0', async () => {
    const told = listen();
    await told.serve({ type: 'train', choices: tiny });
    expect(told.of('problem')).toEqual([]);
    expect(told.of('engine')[0]?.text).toMatch(/^wasm: TensorFlow\.js 4\.22\.0 on the processor/);
    expect(told.of('training')[0]?.loss).toBe('the bound without its prior term, and 0.01 of the cross-entropies of all steps');
    expect(told.of('update').map(({ step }) => step)).toEqual([10, 20]);
    expect(told.of('network')[0]?.facts).toMatchObject({
      kind: 'swiss-roll',
      origin: 'Trained here on the swiss roll, 20 updates',
      numStates: 8,
    });
    await told.serve({ type: 'sample', seed: 1 });
    const frames = framesOf(told);
    expect(frames.map(({ t }) => t)).toEqual([6, 5, 4, 3, 2, 1, 0]);
    expect(frames.at(-1)!.shape).toEqual([1500, 2]);
    expect(Math.max(...frames.at(-1)!.states)).toBeLessThan(8);
    expect(told.of('done')).toHaveLength(2);
  });

  it('trains on the book or on a text of one’s own, and no mask is left in a sample', async () => {
    for (const choices of [characters, { ...characters, corpus: 'own' as const, ownText: book.replaceAll('whale', 'squid') }]) {
      const told = listen();
      await told.serve({ type: 'train', choices });
      await told.serve({ type: 'sample', seed: 2 });
      const frames = framesOf(told);
      expect(new Set(frames[0]!.states)).toEqual(new Set([27]));
      expect(frames.at(-1)!.states).not.toContain(27);
      expect(frames.at(-1)!.shape).toEqual([4, 96]);
    }
  });

  it('stops when told to, with the network of the last update', async () => {
    const told = listen((event, serve) => {
      if (event.type === 'update') void serve({ type: 'stop' });
    });
    await told.serve({ type: 'train', choices: { ...tiny, updates: 5000 } });
    const { step } = told.of('update').at(-1)!;
    expect(step).toBeLessThan(50);
    expect(told.of('network')[0]?.facts?.origin).toBe(`Trained here on the swiss roll, ${step} updates`);
  });

  it('refuses what comes while it samples, as a problem of that request, and goes on to the sample', async () => {
    const load = { type: 'load', engine: 'wasm', files: { config: '{}', weights: new Uint8Array(0), weightsName: 'w' } } as const;
    const told = listen((event, serve) => {
      if (event.type === 'frame' && event.frame.t === 3) void serve(load);
    });
    await told.serve({ type: 'train', choices: { ...tiny, updates: 1 } });
    await told.serve({ type: 'sample', seed: 1 });
    expect(told.of('problem')).toEqual([
      { type: 'problem', request: 'load', problem: { message: 'something else is still running; wait for it, or stop it first' } },
    ]);
    expect(framesOf(told).at(-1)!.t).toBe(0);
    expect(told.of('done')).toHaveLength(2);
  });

  it.each([
    ['nothing to sample from', { type: 'sample', seed: 1 }, 'there is no network yet'],
    ['a picture', { type: 'train', choices: { ...tiny, data: 'picture' } }, 'one picture is nothing to learn from'],
    ['a schedule of another unit', { type: 'train', choices: { ...tiny, schedule: 'cosine' } }, 'the schedule is a jump-probability'],
    ['a text that is too short', { type: 'train', choices: { ...characters, corpus: 'own', ownText: 'call me' } }, 'one example needs 64'],
    [
      'a checkpoint of something else',
      { type: 'load', engine: 'wasm', files: { config: '{}', weights: new Uint8Array(0), weightsName: 'w' } },
      'it has no "config"',
    ],
  ] as const)('tells of %s, and goes on', async (_, request, message) => {
    const told = listen();
    await told.serve(request);
    expect(told.of('problem').map(({ problem }) => problem.message)).toEqual([expect.stringContaining(message)]);
    expect(told.events.at(-1)).toEqual({ type: 'done' });
    await told.serve({ type: 'train', choices: { ...tiny, updates: 1 } });
    expect(told.of('network')).toHaveLength(1);
  });
});
