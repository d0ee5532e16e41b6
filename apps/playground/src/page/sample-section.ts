import { choiceFields } from '../choices/choice-fields.ts';
import { rollPlaces } from '../draw/roll-places.ts';
import type { Frame, LearnEvent, LearnRequest, NetworkFacts } from '../learn/learn-messages.ts';
import type { Problem } from '../problem.ts';
import { onColorScheme } from './color-scheme.ts';
import { element } from './element.ts';
import { playButton } from './play-button.ts';
import { createStatesView, type ShownStates } from './states-view.ts';

export interface SampleSection {
  handle(event: LearnEvent): void;
  busy(isBusy: boolean): void;
}

/** The third part of the page: noise becomes data, and a person can go back and forth on the way. */
export function createSampleSection(send: (request: LearnRequest) => void): SampleSection {
  const button = element('sample-button', HTMLButtonElement);
  const stopButton = element('stop-sampling', HTMLButtonElement);
  const seed = element('sample-seed', HTMLInputElement);
  const slider = element('sample-frame', HTMLInputElement);
  const caption = element('sample-caption', HTMLElement);
  const status = element('sample-status', HTMLElement);
  const view = createStatesView(element('sample-states', HTMLElement));
  let facts: NetworkFacts | undefined;
  /** Of which the frames are: another network may have come since. */
  let sampled: NetworkFacts | undefined;
  let frames: Frame[] = [];
  let isBusy = false;
  let isSampling = false;

  const setProblem = (problem: Problem | undefined): void => {
    element('sample-problem', HTMLElement).hidden = problem === undefined;
    element('sample-problem-text', HTMLElement).textContent = problem?.message ?? '';
  };
  const refresh = (): void => {
    button.disabled = isBusy || !facts;
    stopButton.disabled = !isSampling;
  };

  const draw = (): void => {
    const frame = frames[Number(slider.value)];
    if (!frame || !sampled) return;
    view.show(shownFrame(frame, { facts: sampled, last: frames.at(-1)! }));
    const isEnd = frame.t === 0;
    caption.textContent = isEnd ? 't = 0, a sample' : `t = ${frame.t} of ${sampled.numSteps}`;
  };

  /** As many drawings as the screen shows, however many frames come. */
  let isDrawing = false;
  const drawSoon = (): void => {
    if (isDrawing) return;
    isDrawing = true;
    requestAnimationFrame(() => {
      isDrawing = false;
      draw();
    });
  };

  element('sample-form', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault();
    const value = choiceFields.seed.read(seed.value);
    if (value === undefined || isBusy || !facts) return;
    setProblem(undefined);
    frames = [];
    sampled = facts;
    isSampling = true;
    status.textContent = 'Sampling has started.';
    send({ type: 'sample', seed: value });
  });
  stopButton.addEventListener('click', () => send({ type: 'stop' }));
  slider.addEventListener('input', drawSoon);
  playButton(element('sample-play', HTMLButtonElement), slider);
  onColorScheme(view.redraw);

  return {
    busy: (busy) => {
      isBusy = busy;
      refresh();
    },
    handle: (event) => {
      if (event.type === 'network') {
        facts = event.facts;
        element('network-facts', HTMLElement).textContent = facts
          ? describe(facts)
          : 'There is no network: train one, or load a checkpoint.';
        refresh();
      }
      if (event.type === 'frame') {
        frames.push(event.frame);
        element('sample-placeholder', HTMLElement).hidden = true;
        element('sample-panel', HTMLElement).hidden = false;
        element('sample-time', HTMLElement).hidden = false;
        slider.max = String(frames.length - 1);
        slider.value = slider.max;
        if (!isCalm() || frames.length === 1 || event.frame.t === 0) drawSoon();
      }
      if (event.type === 'problem' && isSampling && (event.request ?? 'sample') === 'sample') setProblem(event.problem);
      if (event.type !== 'done' || !isSampling) return;
      isSampling = false;
      status.textContent = frames.at(-1)?.t === 0 ? 'There is a sample.' : 'Sampling has stopped.';
      refresh();
    },
  };
}

function describe({ origin, family, numStates, numSteps, parameters }: NetworkFacts): string {
  return `${origin}. ${parameters.toLocaleString('en')} parameters, ${family} noise, K = ${numStates}, T = ${numSteps}.`;
}

/** Where people want nothing to move, noise is followed by the sample; the slider has what lies between. */
const isCalm = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;

/** Points have the colour of where they end, so that an eye can follow them. */
function shownFrame({ states, shape, t }: Frame, { facts, last }: { readonly facts: NetworkFacts; readonly last: Frame }): ShownStates {
  const { kind, numStates, maskState } = facts;
  const dataStates = maskState === undefined ? numStates : numStates - 1;
  return {
    kind,
    states,
    shape,
    numStates: dataStates,
    maskState,
    ...(kind === 'swiss-roll' && { places: rollPlaces(last.states, dataStates) }),
    label: `${shape[0]} points sampled, at t = ${t}.`,
  };
}
