import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** The files of a new family, by path. They work as they are: a redraw to the next state, to be replaced by your Q_t. */
export function scaffoldTransition(name: string): Readonly<Record<string, string>> {
  if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(name)) {
    throw new Error(`new:transition: the name is "${name}", expected kebab-case, as in discretized-gaussian`);
  }
  const value = name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
  const type = `${value[0]!.toUpperCase()}${value.slice(1)}Options`;
  return {
    [`packages/transitions/src/${name}.ts`]: source(name, value, type),
    [`packages/transitions/test/${name}.test.ts`]: test(name, value),
    [`.changeset/transition-${name}.md`]: `---\n'@d3pm/transitions': minor\n---\n\nA new family of transitions: \`${value}\`.\n`,
  };
}

/** Writes the files. Throws before the first one if any is already there. */
export async function writeScaffold(root: string, files: Readonly<Record<string, string>>): Promise<void> {
  const present = Object.keys(files).filter((path) => existsSync(join(root, path)));
  if (present.length > 0) throw new Error(`new:transition: ${present.join(', ')} exists already; choose another name`);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
}

const source = (
  name: string,
  value: string,
  type: string,
): string => `import { assertOptionNames, type NoOptions, type TransitionPlugin } from '@d3pm/core';
import { defineTransition } from './define-transition.ts';
import { dense } from './dense.ts';

export type ${type} = NoOptions;

/**
 * Noise that moves to the next state, and from the last to the first:
 *
 *     [Q_t]_ij = (1 − β_t) [i = j] + β_t [j = i + 1 mod K]
 *
 * β_t is the probability of moving; at 0 nothing changes. Doubly stochastic, π uniform. Tables are K×K, see {@link dense}.
 */
export const ${value}: TransitionPlugin<'${name}', ${type}, 'jump-probability'> = /* @__PURE__ */ defineTransition({
  name: '${name}',
  unit: 'jump-probability',
  parse: (options): ${type} => assertOptionNames('${name}', options, []),
  create: ({ numStates, schedule }) =>
    dense({
      name: '${name}',
      numStates,
      numSteps: schedule.numSteps,
      step: (t) => stepMatrix(numStates, schedule.noise[t - 1]!),
      stationary: new Float64Array(numStates).fill(1 / numStates),
    }),
});

function stepMatrix(numStates: number, beta: number): Float64Array {
  const matrix = new Float64Array(numStates * numStates);
  for (let i = 0; i < numStates; i++) {
    matrix[i * numStates + i] = 1 - beta;
    matrix[i * numStates + ((i + 1) % numStates)]! += beta;
  }
  return matrix;
}
`;

const test = (name: string, value: string): string => `import '@tensorflow/tfjs-backend-cpu';
import fc from 'fast-check';
import { it } from 'vitest';
import { describeTransitionLaws } from '@d3pm/transitions/testing';
import { ${value} } from '../src/${name}.ts';
import { noiseOf } from './noise.ts';
import { expectMatrices, identity, type Matrix } from './reference-matrix.ts';

/** Q_t, written from its formula and from nothing in src. */
const formula = (K: number, beta: number): Matrix =>
  identity(K).map((row, i) => row.map((kept, j) => (1 - beta) * kept + (j === (i + 1) % K ? beta : 0)));

// β = 0 and 1 are legal; a β below 1e-8 is not a schedule anybody runs.
const arbBeta = fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 1e-8, max: 1, noNaN: true }));
const arbCase = fc.record({ K: fc.integer({ min: 2, max: 6 }), betas: fc.array(arbBeta, { minLength: 1, maxLength: 6 }) });
const make = ({ K, betas }: { readonly K: number; readonly betas: readonly number[] }) =>
  ${value}.create({ numStates: K, schedule: noiseOf('jump-probability', betas) }, {});

describeTransitionLaws('${name}', arbCase.map(make), { numRuns: 30 });

it('is the matrix of its formula, at each step and multiplied up', () => {
  fc.assert(
    fc.property(arbCase, (c) =>
      expectMatrices(
        make(c),
        c.betas.map((beta) => formula(c.K, beta)),
      ),
    ),
    { numRuns: 50 },
  );
});
`;
