import type { backend_util } from '@tensorflow/tfjs-core';

/** Pixels of one image line that a filter tap joins: x[inPixel + i · stride] with y[outPixel + i], for i < count. */
export type TapLineVisitor = (inPixel: number, outPixel: number, count: number) => void;

/** One position (row, column) of the filter of a convolution. */
export interface Tap {
  readonly info: backend_util.Conv2DInfo;
  readonly row: number;
  readonly column: number;
}

/** Visits every line of output pixels whose input pixel under the tap lies inside of the image. Pixels count over [batch, height, width]. */
export function eachTapLine({ info, row, column }: Tap, visit: TapLineVisitor): void {
  const { batchSize, inHeight, inWidth, outHeight, outWidth, strideHeight, strideWidth, padInfo } = info;
  const first = Math.max(Math.ceil((padInfo.left - column) / strideWidth), 0);
  const end = Math.min(Math.ceil((inWidth + padInfo.left - column) / strideWidth), outWidth);
  if (end <= first) return;
  for (let line = 0; line < batchSize * outHeight; line++) {
    const y = (line % outHeight) * strideHeight + row - padInfo.top;
    if (y < 0 || y >= inHeight) continue;
    const image = Math.floor(line / outHeight);
    const x = first * strideWidth + column - padInfo.left;
    visit((image * inHeight + y) * inWidth + x, line * outWidth + first, end - first);
  }
}

/** The taps of a filter, in the order in which its weights lie. */
export function tapsOf(info: backend_util.Conv2DInfo): Tap[] {
  return Array.from({ length: info.filterHeight * info.filterWidth }, (_, tap) => ({
    info,
    row: Math.floor(tap / info.filterWidth),
    column: tap % info.filterWidth,
  }));
}
