import { choiceFields } from '../choices/choice-fields.ts';
import type { Choices } from '../choices/choices.ts';

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

/** Every control whose name is that of a choice, in whatever form. */
function controls(): readonly Control[] {
  const all = document.querySelectorAll<Control>('input[name], select[name], textarea[name]');
  return [...all].filter(({ name }) => Object.hasOwn(choiceFields, name));
}

/**
 * Tells of every choice that a person makes by a control. What cannot be read is no choice: the control says so, and the page stays
 * as it was.
 */
export function bindControls(choose: (change: Partial<Choices>) => void): void {
  for (const control of controls()) {
    const name = control.name as keyof Choices;
    // A number is one when it has been written to its end: of 100, neither 1 nor 10 is meant.
    control.addEventListener(control.type === 'number' ? 'change' : 'input', () => {
      const { expected, read } = choiceFields[name];
      const value = read(control.value);
      const isRead = value !== undefined;
      control.setCustomValidity(isRead ? '' : `expected ${expected}`);
      control.toggleAttribute('aria-invalid', !isRead);
      if (isRead) choose({ [name]: value });
      else control.reportValidity();
    });
    control.form?.addEventListener('submit', (event) => event.preventDefault());
  }
}

/** Sets every control to the choices, and shows those that these need. */
export function showControls(choices: Choices): void {
  for (const control of controls()) {
    const name = control.name as keyof Choices;
    const value = String(choices[name]);
    if (control instanceof HTMLInputElement && control.type === 'radio') control.checked = control.value === value;
    else if (control !== document.activeElement && control.value !== value) {
      control.value = value;
      control.setCustomValidity('');
      control.removeAttribute('aria-invalid');
    }
  }
  for (const part of document.querySelectorAll<HTMLElement>('[data-when]')) {
    part.hidden = ![part.dataset['when'], part.dataset['and']].every((condition) => holds(condition, choices));
  }
}

/** `family=banded`, or `data=picture,swiss-roll`. */
function holds(condition: string | undefined, choices: Choices): boolean {
  if (condition === undefined) return true;
  const [name, values = ''] = condition.split('=');
  return values.split(',').includes(String(choices[name as keyof Choices]));
}
