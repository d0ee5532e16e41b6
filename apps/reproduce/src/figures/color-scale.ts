/** Anchors of the viridis map (Smith and van der Walt, 2015), dark to light: readable in grey and by colour-blind eyes. */
const ANCHORS = [
  [68, 1, 84],
  [59, 82, 139],
  [33, 145, 140],
  [94, 201, 98],
  [253, 231, 37],
] as const;

/** The colour of a value in [0, 1]; values outside are clamped. */
export function viridis(value: number): string {
  const position = Math.min(1, Math.max(0, value)) * (ANCHORS.length - 1);
  const index = Math.min(ANCHORS.length - 2, Math.floor(position));
  const [from, to] = [ANCHORS[index]!, ANCHORS[index + 1]!];
  const channels = from.map((channel, i) => Math.round(channel + (to[i]! - channel) * (position - index)));
  return `rgb(${channels.join(',')})`;
}
