import { forceCenter, forceCollide, forceLink, forceManyBody, forceSimulation, type SimulationNodeDatum } from 'd3-force';
import type { SymmetricGenerator } from '@d3pm/transitions';
import { label, svgDocument } from './svg.ts';

const WIDTH = 520;
const MARGIN = 36;
const RADIUS = 13;
/** By then nothing moves that can be seen. */
const TICKS = 400;

export interface GraphSvgOptions {
  /** One for each state. */
  readonly labels: readonly string[];
}

/**
 * The graph of a generator R, a line for each pair of states that jump to each other, thicker and darker where both chose the other:
 * as the 5-nearest-neighbour graph of characters in the appendix of the paper. The layout is by forces, without randomness.
 */
export function graphSvg({ numStates, rowStarts, targets, rates }: SymmetricGenerator, { labels }: GraphSvgOptions): string {
  const nodes: SimulationNodeDatum[] = Array.from({ length: numStates }, () => ({}));
  const links: { readonly source: number; readonly target: number; readonly rate: number }[] = [];
  for (let i = 0; i < numStates; i++) {
    for (let edge = rowStarts[i]!; edge < rowStarts[i + 1]!; edge++) {
      if (targets[edge]! > i) links.push({ source: i, target: targets[edge]!, rate: rates[edge]! });
    }
  }
  forceSimulation(nodes)
    .force('link', forceLink(links.map((link) => ({ ...link }))).distance(60))
    .force('charge', forceManyBody().strength(-220))
    .force('collide', forceCollide(1.6 * RADIUS))
    .force('center', forceCenter(0, 0))
    .stop()
    .tick(TICKS);
  const { height, place } = placer(nodes);
  const highest = Math.max(...links.map(({ rate }) => rate));
  const lines = links.map(({ source, target, rate }) => {
    const [a, b] = [place(source), place(target)];
    const both = rate === highest;
    return `<line x1="${a.x}" y1="${a.y}" x2="${b.x}" y2="${b.y}" stroke="${both ? '#3b528b' : '#a9b4c8'}" stroke-width="${both ? 2 : 1}"/>`;
  });
  const dots = nodes.map((_, i) => {
    const { x, y } = place(i);
    return `<circle cx="${x}" cy="${y}" r="${RADIUS}" fill="#fff" stroke="#3b528b"/>${label(x, y + 5, labels[i]!, { weight: 'bold' })}`;
  });
  return svgDocument(WIDTH, height, [...lines, ...dots].join('\n'));
}

/** Fits the layout into the width of the picture, and the height to it. */
function placer(nodes: readonly SimulationNodeDatum[]): {
  readonly height: number;
  readonly place: (node: number) => { readonly x: number; readonly y: number };
} {
  const [xs, ys] = [nodes.map(({ x }) => x!), nodes.map(({ y }) => y!)];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const scale = (WIDTH - 2 * MARGIN) / Math.max(Math.max(...xs) - left, 1e-9);
  const round = (value: number): number => Math.round(100 * value) / 100;
  return {
    height: Math.ceil(2 * MARGIN + (Math.max(...ys) - top) * scale),
    place: (node) => ({ x: round(MARGIN + (xs[node]! - left) * scale), y: round(MARGIN + (ys[node]! - top) * scale) }),
  };
}
