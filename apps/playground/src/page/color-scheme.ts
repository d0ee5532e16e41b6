import type { Scheme } from '../draw/color-ramp.ts';

const DARK = '(prefers-color-scheme: dark)';

/** What the machine is set to. */
export function colorScheme(): Scheme {
  return matchMedia(DARK).matches ? 'dark' : 'light';
}

/** Canvases know no style sheet: they are drawn again when it changes. */
export function onColorScheme(draw: () => void): void {
  matchMedia(DARK).addEventListener('change', draw);
}
