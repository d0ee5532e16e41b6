import type { States } from '@d3pm/core';

/** Pixels of an edge. */
const PICTURE_SIZE = 64;

/** A small picture of K grey levels, computed: a moon over hills and water. One example of shape `[64, 64]`. */
export function picture(levels: number): States {
  const values = new Int32Array(PICTURE_SIZE ** 2);
  for (let row = 0; row < PICTURE_SIZE; row++) {
    for (let column = 0; column < PICTURE_SIZE; column++) {
      const light = lightAt(column / (PICTURE_SIZE - 1), row / (PICTURE_SIZE - 1));
      values[row * PICTURE_SIZE + column] = Math.min(levels - 1, Math.max(0, Math.floor(light * levels)));
    }
  }
  return { values, shape: [1, PICTURE_SIZE, PICTURE_SIZE] };
}

const MOON = { x: 0.66, y: 0.27, radius: 0.13 } as const;
const HORIZON = 0.72;

/** x to the right and y down, both 0…1. */
function lightAt(x: number, y: number): number {
  if (y > HORIZON) return water(x, y);
  const hills = [
    { top: 0.55 + 0.06 * Math.sin(5.5 * x + 1) + 0.03 * Math.sin(13 * x), light: 0.42 },
    { top: 0.64 + 0.05 * Math.sin(4 * x + 3.4) + 0.02 * Math.sin(17 * x + 1), light: 0.24 },
  ];
  const near = hills.findLast(({ top }) => y > top);
  return near ? near.light - 0.1 * (y - near.top) : sky(x, y);
}

function sky(x: number, y: number): number {
  const distance = Math.hypot(x - MOON.x, y - MOON.y) / MOON.radius;
  if (distance < 1) return 0.98 - 0.1 * distance ** 2;
  return 0.3 + 0.38 * y + 0.3 * Math.exp(-0.9 * (distance - 1));
}

/** The moon lies on it as a band of short waves. */
function water(x: number, y: number): number {
  const depth = (y - HORIZON) / (1 - HORIZON);
  const band = Math.exp(-(((x - MOON.x) / (0.06 + 0.12 * depth)) ** 2));
  const waves = 0.5 + 0.5 * Math.sin(26 * Math.sqrt(0.04 + depth) + 9 * x);
  return 0.16 + 0.08 * depth + 0.6 * band * waves;
}
