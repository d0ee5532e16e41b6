/** What a decoder of one format gives. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** 1 grey, 2 grey and alpha, 3 red, green and blue, 4 these and alpha. */
  readonly channels: 1 | 2 | 3 | 4;
  /** uint8 `[height, width, channels]` */
  readonly data: Uint8Array<ArrayBuffer>;
}
