import type { DatasetPlugin } from '@d3pm/core';
import { defineDataset } from '@d3pm/data';
import { parseStandInOptions } from './parse-stand-in-options.ts';
import { SOTU_VOCABULARIES, sotuPieces, type SotuPiecesOptions } from './sotu-pieces.ts';

/** {@link sotuPieces} by name, for configs: word pieces of speeches, which come with the program. */
export const sotuPiecesPlugin: DatasetPlugin<'sotu-pieces', SotuPiecesOptions> = defineDataset({
  name: 'sotu-pieces',
  parse: (options): SotuPiecesOptions => parseStandInOptions('sotu-pieces', options, { numPieces: SOTU_VOCABULARIES }),
  load: sotuPieces,
});
