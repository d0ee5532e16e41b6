import golden from '../formats/fixtures/images.json' with { type: 'json' };

export interface GoldenImage {
  readonly file: Buffer;
  readonly width: number;
  readonly height: number;
  /** Of Pillow: L, LA, RGB, RGBA, I;16, CMYK. */
  readonly mode: string;
  readonly pixels: Buffer;
}

/** A file of `fixtures/images.json`, and what Pillow reads in it. */
export function goldenImage(name: string): GoldenImage {
  const { file, mode, pixels } = golden.cases.find((one) => one.name === name)!;
  return { file: Buffer.from(file, 'base64'), mode, pixels: Buffer.from(pixels, 'base64'), width: golden.width, height: golden.height };
}
