import type { DecodedImage } from './decode-image.ts';

/** Grey as luma of Rec. 601, 0.299 R + 0.587 G + 0.114 B, rounded; colour of grey as that in all three. */
export function toChannels({ data, channels }: Pick<DecodedImage, 'data' | 'channels'>, wanted: 1 | 3): Uint8Array {
  if (channels === wanted) return data;
  const pixels = data.length / channels;
  const result = new Uint8Array(pixels * wanted);
  for (let pixel = 0; pixel < pixels; pixel++) {
    if (wanted === 3) result.fill(data[pixel]!, 3 * pixel, 3 * pixel + 3);
    else result[pixel] = Math.round((299 * data[3 * pixel]! + 587 * data[3 * pixel + 1]! + 114 * data[3 * pixel + 2]!) / 1000);
  }
  return result;
}
