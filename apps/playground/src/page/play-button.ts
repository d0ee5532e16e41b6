const WHOLE_MS = 6000;
/** A picture that jumps now and then, where people want nothing to move. */
const CALM_STEPS = 8;
const CALM_MS = 1200;

/** Lets a slider run from where it is to its end, or again from its start, by a button. */
export function playButton(button: HTMLButtonElement, slider: HTMLInputElement): void {
  let timer: ReturnType<typeof setTimeout> | undefined;

  const stop = (): void => {
    clearTimeout(timer);
    timer = undefined;
    button.textContent = 'Play';
    button.setAttribute('aria-pressed', 'false');
  };

  const set = (value: number): void => {
    slider.value = String(value);
    slider.dispatchEvent(new Event('input', { bubbles: true }));
  };

  const play = (): void => {
    const [least, most] = [Number(slider.min), Number(slider.max)];
    const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    const step = Math.max(1, Math.round((most - least) / (isCalm ? CALM_STEPS : 120)));
    const pause = isCalm ? CALM_MS : Math.max(30, WHOLE_MS / Math.max(1, (most - least) / step));
    if (Number(slider.value) >= most) set(least);
    button.textContent = 'Pause';
    button.setAttribute('aria-pressed', 'true');
    const advance = (): void => {
      set(Math.min(Number(slider.max), Number(slider.value) + step));
      if (Number(slider.value) >= Number(slider.max)) return stop();
      timer = setTimeout(advance, pause);
    };
    timer = setTimeout(advance, pause);
  };

  button.addEventListener('click', () => (timer === undefined ? play() : stop()));
  // A hand on the slider takes over.
  slider.addEventListener('pointerdown', stop);
  slider.addEventListener('keydown', stop);
}
