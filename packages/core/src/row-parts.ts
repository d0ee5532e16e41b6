/** Numbers in the largest tensor of a part, 4 MB: a formula of fifty tensors then takes 200 MB, whatever the batch. */
export const PART_ENTRIES: number = 2 ** 20;

export interface RowPart {
  readonly from: number;
  readonly size: number;
}

/** Rows of so many numbers in parts of about one size, each of at most 2²⁰ numbers, or one row. */
export function rowParts(numRows: number, rowSize: number): readonly RowPart[] {
  const most = Math.max(1, Math.floor(PART_ENTRIES / rowSize));
  const size = Math.ceil(numRows / Math.max(1, Math.ceil(numRows / most)));
  const parts: RowPart[] = [];
  for (let from = 0; from < numRows; from += size) parts.push({ from, size: Math.min(size, numRows - from) });
  return parts;
}
