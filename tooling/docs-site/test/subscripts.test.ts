import { describe, expect, it } from 'vitest';
import { withSubscripts } from '../src/subscripts.ts';

/** What is seen: the index in brackets, what is hidden left out. */
const seen = (html: string): string =>
  withSubscripts(html)
    .replaceAll(/<i>[^<]*<\/i>/g, '')
    .replaceAll(/<sub class="index">(?<index>[^<]*)<\/sub>/g, '[$<index>]');

describe('withSubscripts', () => {
  it.each([
    ['x_0 and x_t', 'x[0] and x[t]'],
    ['L_{t−1} + L_vb', 'L[t−1] + L[vb]'],
    ['Q̄_t, ᾱ_t, p̃_θ(x̃_0 | x_t)', 'Q̄[t], ᾱ[t], p̃[θ](x̃[0] | x[t])'],
    ['[Q_t]_ij', '[Q[t]][ij]'],
    ['β_1 … β_T', 'β[1] … β[T]'],
    ['x_0,i', 'x[0],i'],
    ['Σ_n w_n', 'Σ[n] w[n]'],
  ])('sets the indices of %s', (html, expected) => {
    expect(seen(html)).toBe(expected);
  });

  it.each(['ompi_comm_world', 'D3PM_ENGINE', 'a_word', 'file_x', 'x_', '_x', 'snake_case_0'])('leaves %s alone', (html) => {
    expect(withSubscripts(html)).toBe(html);
  });

  it('keeps the text as it was written, for searches and copies', () => {
    const text = 'q(x_{t−1} | x_t, x_0) = [Q_t]_ij';
    expect(withSubscripts(text).replaceAll(/<[^>]+>/g, '')).toBe(text);
  });
});
