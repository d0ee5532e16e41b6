/** uint8 `[height, width, 3]`. */
export interface Pixels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** An image `n` times as small each way: the mean of every n × n pixels, rounded; what is left over at the right and the bottom is dropped. */
export function averagedPixels(image: Pixels, n: number): Pixels {
  const [width, height] = [Math.floor(image.width / n), Math.floor(image.height / n)];
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) {
        let sum = 0;
        for (let dy = 0; dy < n; dy++) for (let dx = 0; dx < n; dx++) sum += image.data[((y * n + dy) * image.width + x * n + dx) * 3 + c]!;
        data[(y * width + x) * 3 + c] = Math.round(sum / (n * n));
      }
    }
  }
  return { data, width, height };
}
