import { viridis } from './color-scale.ts';
import { label } from './svg.ts';

const STRIPES = 64;
const HEIGHT = 9;
/** Shares of the largest entry. */
const TICKS = [0, 0.01, 0.1, 0.25, 0.5, 1];

/** What the colours of heat maps are, √(entry / largest), as a strip with the shares that they stand for. 40 pixels high. */
export function matrixKey(width: number): string {
  const stripes = Array.from({ length: STRIPES }, (_, i) => {
    const x = (i * width) / STRIPES;
    return `<rect x="${x.toFixed(2)}" y="15" width="${(width / STRIPES + 0.3).toFixed(2)}" height="${HEIGHT}" fill="${viridis((i + 0.5) / STRIPES)}"/>`;
  });
  const ticks = TICKS.map((share) => label(Math.sqrt(share) * width, 37, String(share), { size: 10, color: '#555' }));
  return (
    label(0, 8, 'Colour of an entry of Q: its share of the largest', { anchor: 'start', size: 11, color: '#555' }) +
    stripes.join('') +
    ticks.join('')
  );
}
