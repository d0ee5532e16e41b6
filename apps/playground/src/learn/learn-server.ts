import { turnOfEventLoop } from '@d3pm/core';
import { prepareEngine } from '@d3pm/engine';
import { parameterCount } from '@d3pm/models';
import type { Choices, EngineChoice } from '../choices/choices.ts';
import { problemOf } from '../problem.ts';
import type { BegunRequest, LearnEvent, LearnRequest, NetworkFacts } from './learn-messages.ts';
import { loadNetwork } from './load-network.ts';
import { disposeNetwork, type Network } from './network.ts';
import { sampleNetwork } from './sample-network.ts';
import { trainNetwork } from './train-network.ts';

export interface LearnSetting {
  readonly tell: (event: LearnEvent) => void;
  /** Where the .wasm files are. Absent: where the engine finds them. */
  readonly wasmPath?: string;
  /** The book that comes with the page. */
  readonly loadBook: () => Promise<string>;
}

/** Trains, loads and samples, one after the other, and tells of it. Has one network at a time. Every request but `stop` and one that is refused because another runs ends with `done`. */
export function createLearnServer({ tell, wasmPath, loadBook }: LearnSetting): (request: LearnRequest) => Promise<void> {
  let network: Network | undefined;
  let running: { aborted: boolean } | undefined;

  const start = async (backend: EngineChoice): Promise<void> => {
    const { name, library, device, threads, reason } = await prepareEngine({ backend, ...(wasmPath !== undefined && { wasmPath }) });
    const on = device === 'processor' ? `the processor${threads > 1 ? `, ${threads} threads` : ''}` : `a card (${device})`;
    tell({ type: 'engine', text: `${name}: ${library} on ${on} (${reason})` });
  };

  const replaceNetwork = (made: Network): void => {
    if (network) disposeNetwork(network);
    network = made;
    tell({ type: 'network', facts: factsOf(made) });
  };

  const trainOn = async (choices: Choices, signal: { readonly aborted: boolean }): Promise<void> => {
    await start(choices.engine);
    const text = choices.data !== 'characters' ? '' : choices.corpus === 'own' ? choices.ownText : await loadBook();
    const made = await trainNetwork(choices, {
      text,
      signal,
      onStart: (loss) => tell({ type: 'training', loss }),
      onUpdate: (update) => tell({ type: 'update', ...update }),
    });
    replaceNetwork(made);
  };

  const sample = async (seed: number, signal: { readonly aborted: boolean }): Promise<void> => {
    if (!network) throw new Error('there is no network yet; train one, or load a checkpoint');
    for await (const frame of sampleNetwork(network, { seed })) {
      tell({ type: 'frame', frame });
      await turnOfEventLoop();
      if (signal.aborted) return;
    }
  };

  const handle = async (request: BegunRequest, signal: { readonly aborted: boolean }): Promise<void> => {
    if (request.type === 'sample') return sample(request.seed, signal);
    if (request.type === 'train') return trainOn(request.choices, signal);
    await start(request.engine);
    replaceNetwork(await loadNetwork(request.files));
  };

  return async (request) => {
    if (request.type === 'stop') {
      if (running) running.aborted = true;
      return;
    }
    if (running) {
      tell({
        type: 'problem',
        problem: { message: 'something else is still running; wait for it, or stop it first' },
        request: request.type,
      });
      return;
    }
    running = { aborted: false };
    try {
      await handle(request, running);
    } catch (error) {
      tell({ type: 'problem', problem: problemOf(error), request: request.type });
    } finally {
      running = undefined;
      tell({ type: 'done' });
    }
  };
}

function factsOf({ kind, origin, transition, denoiser }: Network): NetworkFacts {
  const { name, numStates, numSteps, extraMask } = transition;
  return { kind, origin, family: name, numStates, maskState: extraMask, numSteps, parameters: parameterCount(denoiser) };
}
