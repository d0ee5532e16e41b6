import { createRng, D3pmError, positionsOf, type Dataset } from '@d3pm/core';
import type { PackedPieces, Text8Split } from '@d3pm/data';

/** What of a sample is given: one of these. */
export interface PromptFlags {
  /** With `_` for each position that is free, and what follows its end. */
  readonly text?: string;
  /** `3 ? 5`, or with commas. */
  readonly states?: string;
  /** The number of a held-out example, of which `hole` is free. */
  readonly example?: number;
  /** `top,left,height,width` of an image; `from,length` of anything else. */
  readonly hole?: string;
}

/** In place of a state: any. */
const FREE = -1;
const BLANK = '_';

/**
 * The states of a prompt, −1 where a position is free; it may be shorter than an example.
 *
 * @throws {D3pmError} `INVALID_OPTIONS` where it is not said in one way, for a text of data that is none, and for a hole outside and
 *   for what the data cannot read.
 */
export function readPrompt(flags: PromptFlags, data: Dataset): readonly number[] {
  const ways = (['text', 'states', 'example'] as const).filter((way) => flags[way] !== undefined);
  if (ways.length !== 1) {
    const came = ways.length === 0 ? 'none of them' : ways.map((way) => `--${way}`).join(' and ');
    throw refused(`the known part is given by one of --text, --states and --example; here by ${came}`);
  }
  if (flags.hole !== undefined && flags.example === undefined) throw refused('--hole is of an --example');
  const prompt = promptOf(flags, data);
  const positions = positionsOf({ shape: [1, ...data.exampleShape] });
  if (prompt.length > positions) throw refused(`the prompt has ${prompt.length} positions, and an example ${positions}; shorten it`);
  return prompt;
}

function promptOf({ text, states, example, hole }: PromptFlags, data: Dataset): readonly number[] {
  if (text !== undefined) return statesOfText(text, data);
  if (states !== undefined) return statesOfList(states, data);
  if (example! >= data.size) throw refused(`--example is ${example}, and there are ${data.size} held-out examples`);
  if (hole === undefined) throw refused('--example needs --hole, what of it is to be filled in');
  const { values } = data.examples([example!], createRng(0));
  const isFree = holeOf(hole, data.exampleShape);
  return Array.from(values, (state, position) => (isFree(position) ? FREE : state));
}

function statesOfText(text: string, data: Dataset): readonly number[] {
  if (!('fromText' in data)) throw refused(`${data.name} is not text; give --states or --example`);
  const { fromText } = data as PackedPieces | Text8Split;
  const symbolsOf = (part: string): Int32Array => {
    try {
      return fromText(part);
    } catch (cause) {
      // Without the function that it names first, and its way out, which are for programs.
      const [problem] = (cause as Error).message.replace(/^\w+: /u, '').split(';');
      throw refused(`--text has "${part}": ${problem}; write it as ${data.name} is written`, cause);
    }
  };
  // The text between two blanks may be nothing.
  const parts = text.split(BLANK).map((part) => (part === '' ? [] : [...symbolsOf(part)]));
  return parts.flatMap((part, i) => (i === 0 ? part : [FREE, ...part]));
}

function statesOfList(text: string, { numStates }: Dataset): readonly number[] {
  return text
    .split(/[\s,]+/u)
    .filter((part) => part !== '')
    .map((part) => {
      if (part === '?') return FREE;
      const state = Number(part);
      if (!/^\d+$/u.test(part) || state >= numStates) throw refused(`--states has "${part}", expected 0…${numStates - 1}, or ? for any`);
      return state;
    });
}

/** Which positions are within a hole. */
function holeOf(text: string, shape: readonly number[]): (position: number) => boolean {
  const isImage = shape.length >= 2;
  const expected = isImage ? 'top,left,height,width' : 'from,length';
  const numbers = text.split(',').map(Number);
  if (numbers.length !== (isImage ? 4 : 2) || !numbers.every((n) => Number.isSafeInteger(n) && n >= 0)) {
    throw refused(`--hole is "${text}", expected ${expected}`);
  }
  const [top, left, height, width] = isImage ? (numbers as [number, number, number, number]) : [0, numbers[0]!, 1, numbers[1]!];
  const [rows, columns, channels = 1] = isImage ? (shape as [number, number, number?]) : [1, shape[0]!];
  if (height * width === 0 || top + height > rows || left + width > columns) {
    throw refused(`--hole is "${text}", ${expected}, which is not within ${shape.join(' × ')}`);
  }
  return (position) => {
    const pixel = Math.floor(position / channels);
    const [row, column] = [Math.floor(pixel / columns), pixel % columns];
    return row >= top && row < top + height && column >= left && column < left + width;
  };
}

function refused(problem: string, cause?: unknown): D3pmError {
  return new D3pmError('INVALID_OPTIONS', `infill: ${problem}`, { cause });
}
