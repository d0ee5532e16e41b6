import { corpora, dataKinds, engineNames, familyNames, scheduleNames, type Choices } from './choices.ts';

/** How a choice stands in an address, and which values it can have. */
export interface ChoiceField<V> {
  /** What is expected, in words. */
  readonly expected: string;
  /** The value of a text, undefined where it is none. */
  read(text: string): V | undefined;
  write(value: V): string;
}

/** By the name of the choice. The order is that of the address. */
export const choiceFields: { readonly [F in keyof Choices]: ChoiceField<Choices[F]> } = {
  data: oneOf(dataKinds),
  family: oneOf(familyNames),
  schedule: oneOf(scheduleNames),
  levels: integer(2, 128),
  steps: integer(1, 1000),
  t: integer(0, 1000),
  width: integer(1, 127),
  maskShare: decimal(0, 1),
  numNeighbors: integer(1, 126),
  start: decimal(0, 1000),
  stop: decimal(0, 1000),
  seed: integer(0, 999_999),
  updates: integer(1, 5000),
  corpus: oneOf(corpora),
  engine: oneOf(engineNames),
  text: words(400),
  ownText: words(2_000_000),
};

function oneOf<const V extends string>(names: readonly V[]): ChoiceField<V> {
  return { expected: `one of ${names.join(', ')}`, read: (text) => names.find((name) => name === text), write: (value) => value };
}

function integer(least: number, most: number): ChoiceField<number> {
  return {
    expected: `a whole number, ${least}…${most}`,
    read: (text) => (/^\d{1,7}$/.test(text) ? within(Number(text), least, most) : undefined),
    write: String,
  };
}

function decimal(least: number, most: number): ChoiceField<number> {
  return {
    expected: `a number, ${least}…${most}`,
    read: (text) =>
      /^(?:\d{1,20}(?:\.\d{0,30})?|\.\d{1,30})(?:e[+-]?\d{1,3})?$/i.test(text) ? within(Number(text), least, most) : undefined,
    write: String,
  };
}

function words(most: number): ChoiceField<string> {
  return { expected: `at most ${most} characters`, read: (text) => (text.length <= most ? text : undefined), write: (value) => value };
}

function within(value: number, least: number, most: number): number | undefined {
  return value >= least && value <= most ? value : undefined;
}
