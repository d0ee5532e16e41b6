import type { Choices } from '../choices/choices.ts';
import { checkpointFiles } from '../learn/checkpoint-files.ts';
import type { LearnEvent, LearnRequest } from '../learn/learn-messages.ts';
import { problemOf, type Problem } from '../problem.ts';
import { element } from './element.ts';
import { createLossChart, type LossPoint } from './loss-chart.ts';

export interface LearnSection {
  show(choices: Choices): void;
  handle(event: LearnEvent): void;
  /** Whether anything is running, here or in another part of the page. */
  busy(isBusy: boolean): void;
}

const HINTS: Readonly<Record<Choices['data'], string>> = {
  characters: 'A network of dilated convolutions reads and writes a–z and spaces, under the process above.',
  picture: 'One picture is nothing to learn from. Choose characters or the swiss roll above.',
  'swiss-roll': 'A small network of two layers learns where the points of the roll are, under the process above.',
};

/** The second part of the page: a network is trained, or loaded. */
export function createLearnSection(send: (request: LearnRequest) => void): LearnSection {
  const trainButton = element('train', HTMLButtonElement);
  const stopButton = element('stop-training', HTMLButtonElement);
  const files = element('files', HTMLInputElement);
  const progress = element('train-progress', HTMLProgressElement);
  const facts = element('train-facts', HTMLElement);
  const status = element('learn-status', HTMLElement);
  const loadNote = element('load-note', HTMLElement);
  const chart = createLossChart(element('loss-chart', SVGSVGElement));
  let choices: Choices | undefined;
  let isBusy = false;
  let isLoading = false;
  let training: { readonly points: LossPoint[]; readonly updates: number; readonly since: number } | undefined;

  const setProblem = (problem: Problem | undefined): void => {
    element('learn-problem', HTMLElement).hidden = problem === undefined;
    element('learn-problem-text', HTMLElement).textContent = problem?.message ?? '';
  };
  const refresh = (): void => {
    trainButton.disabled = isBusy || choices?.data === 'picture';
    stopButton.disabled = !(isBusy && training);
    files.disabled = isBusy;
  };

  element('train-form', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault();
    if (!choices || isBusy || choices.data === 'picture') return;
    setProblem(undefined);
    training = { points: [], updates: choices.updates, since: performance.now() };
    element('loss-placeholder', HTMLElement).hidden = true;
    element('loss', HTMLElement).hidden = false;
    progress.removeAttribute('value');
    facts.textContent = 'starting …';
    status.textContent = 'Training has started.';
    chart.show([], choices.updates);
    send({ type: 'train', choices });
  });
  stopButton.addEventListener('click', () => send({ type: 'stop' }));

  const load = async (picked: readonly File[], engine: Choices['engine']): Promise<void> => {
    setProblem(undefined);
    loadNote.textContent = 'loading …';
    try {
      const read = await checkpointFiles(picked);
      if (isBusy) throw new Error('something else is running; wait for it or stop it, and pick the files again');
      isLoading = true;
      send({ type: 'load', files: read, engine });
    } catch (error) {
      loadNote.textContent = '';
      setProblem(problemOf(error));
    }
  };
  files.addEventListener('change', () => {
    const picked = [...(files.files ?? [])];
    if (picked.length > 0 && choices) void load(picked, choices.engine);
    files.value = '';
  });

  const update = (point: LossPoint): void => {
    if (!training) return;
    const { points, updates, since } = training;
    points.push(point);
    progress.value = point.step / updates;
    const seconds = (performance.now() - since) / 1000;
    facts.textContent = `update ${point.step} of ${updates} · ${point.lossBits.toFixed(3)} bits per dimension · ${(point.step / seconds).toFixed(1)} updates a second`;
    chart.show(points, updates);
  };

  return {
    show: (shown) => {
      choices = shown;
      element('train-hint', HTMLElement).textContent = HINTS[shown.data];
      element('own-hint', HTMLElement).textContent = ownHint(shown);
      refresh();
    },
    busy: (busy) => {
      isBusy = busy;
      refresh();
    },
    handle: (event) => {
      if (event.type === 'engine') element('engine-facts', HTMLElement).textContent = event.text;
      if (event.type === 'training') element('loss-name', HTMLElement).textContent = event.loss;
      if (event.type === 'update') update(event);
      if (event.type === 'problem') {
        setProblem(event.problem);
        loadNote.textContent = '';
      }
      if (event.type === 'network' && event.facts) setProblem(undefined);
      if (event.type === 'network') loadNote.textContent = isLoading ? 'Loaded: sample from it below.' : '';
      if (event.type === 'network' && event.facts) status.textContent = `There is a network. ${event.facts.origin}.`;
      if (event.type === 'done') isLoading = false;
      if (event.type !== 'done' || !training) return;
      if (training.points.length === 0) {
        progress.value = 0;
        facts.textContent = '';
      }
      training = undefined;
      refresh();
    },
  };
}

/** A training text has a twentieth each to validate and test, of one example at least. */
const LEAST_CHARACTERS = 1280;

function ownHint({ ownText }: Choices): string {
  if (ownText.length >= LEAST_CHARACTERS) return `${ownText.length} characters.`;
  return `${ownText.length} characters; at least ${LEAST_CHARACTERS} letters and spaces are needed, and some ten thousand to learn more than them.`;
}
