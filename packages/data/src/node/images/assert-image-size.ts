import type { Damage } from '../../formats/open-file-bytes.ts';

/** Refuses, by what a header says and before anything is decoded, an image without pixels or with too many. */
export function assertImageSize(
  damaged: Damage,
  { width, height }: { readonly width: number; readonly height: number },
  maxPixels: number,
): void {
  if (width === 0 || height === 0) throw damaged(`its header says ${width} × ${height} pixels, expected one at least`);
  if (width * height > maxPixels) {
    throw damaged(
      `its header says ${width} × ${height}, ${width * height} pixels, more than maxPixels = ${maxPixels}; raise it if so many are expected`,
    );
  }
}
