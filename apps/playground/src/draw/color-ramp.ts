export type Scheme = 'dark' | 'light';
export type Rgb = readonly [red: number, green: number, blue: number];

/** Anchors from 0, which is nearly the page, to 1: lightness changes one way only, so that they can be read in grey. */
const SEQUENTIAL: Readonly<Record<Scheme, readonly Rgb[]>> = {
  light: [
    [246, 247, 248],
    [178, 208, 224],
    [78, 147, 186],
    [24, 84, 132],
    [8, 32, 66],
  ],
  dark: [
    [24, 28, 34],
    [28, 62, 92],
    [42, 122, 160],
    [118, 190, 206],
    [238, 248, 240],
  ],
};

/** Anchors of viridis (Smith and van der Walt, 2015), without the end that vanishes on the page. */
const ALONG: Readonly<Record<Scheme, readonly Rgb[]>> = {
  light: [
    [68, 1, 84],
    [59, 82, 139],
    [33, 145, 140],
    [94, 190, 90],
    [210, 190, 20],
  ],
  dark: [
    [126, 92, 190],
    [84, 120, 190],
    [42, 160, 155],
    [94, 201, 98],
    [253, 231, 37],
  ],
};

/** The colour of a value in [0, 1], for how much there is of something. */
export const sequentialColor = (value: number, scheme: Scheme): Rgb => between(SEQUENTIAL[scheme], value);

/** The colour of a place in [0, 1] on a way, to tell points apart. */
export const alongColor = (value: number, scheme: Scheme): Rgb => between(ALONG[scheme], value);

function between(anchors: readonly Rgb[], value: number): Rgb {
  const position = Math.min(1, Math.max(0, value)) * (anchors.length - 1);
  const index = Math.min(anchors.length - 2, Math.floor(position));
  const [from, to] = [anchors[index]!, anchors[index + 1]!];
  const channel = (i: 0 | 1 | 2): number => Math.round(from[i] + (to[i] - from[i]) * (position - index));
  return [channel(0), channel(1), channel(2)];
}
