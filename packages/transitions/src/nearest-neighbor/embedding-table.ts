import { assertInteger, D3pmError } from '@d3pm/core';

/** One row of numbers a state. */
export interface EmbeddingTable {
  /** `[K·D]`, row by row. */
  readonly values: Float32Array | Float64Array;
  /** D */
  readonly numDimensions: number;
}

/** As a table, or as rows of numbers, which JSON can hold. */
export type Embeddings = EmbeddingTable | readonly (readonly number[])[];

/**
 * Embeddings as a table of finite numbers.
 *
 * @throws {D3pmError} `SHAPE` for rows of different lengths, none at all or a table that does not consist of rows, `NON_FINITE` with
 * row and column of the first number that is not finite, `INVALID_OPTIONS` for anything else.
 */
export function embeddingTable(caller: string, embeddings: unknown): EmbeddingTable {
  const table = Array.isArray(embeddings) ? tableOfRows(caller, embeddings) : embeddings;
  assertTable(caller, table);
  const { values, numDimensions } = table;
  const wrong = values.findIndex((value: number) => !Number.isFinite(value));
  if (wrong >= 0) {
    throw new D3pmError(
      'NON_FINITE',
      `${caller}: embeddings are ${values[wrong]} at row ${Math.floor(wrong / numDimensions)}, column ${wrong % numDimensions}, expected finite numbers`,
    );
  }
  return table;
}

function tableOfRows(caller: string, rows: readonly unknown[]): EmbeddingTable {
  const lengthOf = (row: number): number => {
    const entries = rows[row];
    if (Array.isArray(entries) && entries.every((entry) => typeof entry === 'number')) return entries.length;
    throw new D3pmError('INVALID_OPTIONS', `${caller}: row ${row} of embeddings is ${describe(entries)}, expected an array of numbers`);
  };
  const numDimensions = rows.length === 0 ? 0 : lengthOf(0);
  const ragged = rows.findIndex((_, row) => lengthOf(row) !== numDimensions);
  if (ragged >= 0) {
    throw new D3pmError(
      'SHAPE',
      `${caller}: row ${ragged} of embeddings has ${lengthOf(ragged)} numbers, expected the ${numDimensions} of row 0`,
    );
  }
  return { values: Float64Array.from((rows as number[][]).flat()), numDimensions };
}

function assertTable(caller: string, table: unknown): asserts table is EmbeddingTable {
  const { values, numDimensions } = (typeof table === 'object' && table !== null ? table : {}) as Partial<EmbeddingTable>;
  if (!(values instanceof Float32Array || values instanceof Float64Array)) {
    throw new D3pmError(
      'INVALID_OPTIONS',
      `${caller}: embeddings are ${describe(table)}, expected rows of numbers, or { values: Float32Array or Float64Array, numDimensions }`,
    );
  }
  if (values.length === 0) throw new D3pmError('SHAPE', `${caller}: embeddings have no numbers, expected a row for each state`);
  assertInteger(caller, 'numDimensions', numDimensions, 1);
  if (values.length % numDimensions !== 0) {
    throw new D3pmError(
      'SHAPE',
      `${caller}: embeddings have ${values.length} numbers, expected rows of numDimensions ${numDimensions}, which do not divide it`,
    );
  }
}

function describe(value: unknown): string {
  const text = value === undefined ? 'undefined' : JSON.stringify(value);
  return text.length <= 60 ? text : `${text.slice(0, 60)}…`;
}
