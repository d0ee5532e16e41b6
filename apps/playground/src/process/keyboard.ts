const ROWS = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm'] as const;

/**
 * Where the keys of a–z and the space bar lie, row by row in the order of text8: `[27, 2]`, in widths of a key. As embeddings they make a
 * neighbour of what a finger hits by mistake.
 */
export const keyboard: readonly (readonly [x: number, y: number])[] = [...'abcdefghijklmnopqrstuvwxyz '].map((key) => {
  const row = ROWS.findIndex((keys) => keys.includes(key));
  return row < 0 ? [4.6, 3.1] : [ROWS[row]!.indexOf(key) + [0, 0.25, 0.75][row]!, row];
});
