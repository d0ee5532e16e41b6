const LONGEST = 120;
/** Delete, C1 controls and marks that reorder text: JSON leaves them, a terminal obeys them. */
const UNSEEN = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** A name that came from a file or a server, safe to print: quoted, escaped, and shortened in the middle. */
export function quoteName(name: string): string {
  const short = name.length <= LONGEST ? name : `${name.slice(0, LONGEST / 2)}…${name.slice(-LONGEST / 2)}`;
  return JSON.stringify(short).replace(UNSEEN, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
