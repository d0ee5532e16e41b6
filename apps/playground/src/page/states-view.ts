import { drawLevels } from '../draw/draw-levels.ts';
import { drawPoints } from '../draw/draw-points.ts';
import { textRuns } from '../draw/text-runs.ts';
import { colorScheme } from './color-scheme.ts';

/** States as people look at them. */
export interface ShownStates {
  readonly kind: 'characters' | 'picture' | 'swiss-roll';
  readonly states: Int32Array;
  /** `[B, …N]` */
  readonly shape: readonly number[];
  /** K of the data, without a mask. */
  readonly numStates: number;
  readonly maskState: number | undefined;
  /** x_0, of characters: those that have changed stand out. */
  readonly reference?: Int32Array;
  /** Of points, where each lies in [0, 1], for its colour. */
  readonly places?: ArrayLike<number>;
  /** The same in words. */
  readonly label: string;
}

/** Draws states into an element: text as text, all else on a canvas. */
export function createStatesView(host: HTMLElement): { show(shown: ShownStates): void; redraw(): void } {
  const canvas = document.createElement('canvas');
  canvas.setAttribute('role', 'img');
  const text = document.createElement('div');
  text.className = 'text';
  host.replaceChildren(canvas, text);
  canvas.hidden = true;
  let last: ShownStates | undefined;

  const show = (shown: ShownStates): void => {
    last = shown;
    const { kind, states, shape, numStates, maskState, places = [], label } = shown;
    const scheme = colorScheme();
    host.dataset['kind'] = kind;
    canvas.hidden = kind === 'characters';
    text.hidden = kind !== 'characters';
    canvas.setAttribute('aria-label', label);
    if (kind === 'characters') text.replaceChildren(...paragraphs(shown));
    else if (kind === 'picture')
      drawLevels(canvas, states, { width: shape[2]!, height: shape[1]!, numLevels: numStates, maskState, scheme });
    else drawPoints(canvas, states, { numStates, maskState, places, scheme });
  };
  return { show, redraw: () => last && show(last) };
}

/** One for each example. */
function paragraphs({ states, shape, reference }: ShownStates): readonly HTMLElement[] {
  const length = shape[1]!;
  return Array.from({ length: shape[0]! }, (_, b) => {
    const paragraph = document.createElement('p');
    const [from, to] = [b * length, (b + 1) * length];
    const spans = textRuns(states.subarray(from, to), { reference: reference?.subarray(from, to) }).map((run) => {
      const span = document.createElement('span');
      span.className = run.kind;
      span.textContent = run.text;
      return span;
    });
    paragraph.replaceChildren(...spans);
    return paragraph;
  });
}
