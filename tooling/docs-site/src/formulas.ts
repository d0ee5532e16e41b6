import type { MarkdownRenderer } from 'vitepress';
import { withSubscripts } from './subscripts.ts';

/** A plugin of markdown-it: what is indented by four spaces is a formula. Code is in fences. */
export function formulas(md: MarkdownRenderer): void {
  md.renderer.rules.code_block = (tokens, index) =>
    `<pre class="formula" v-pre>${withSubscripts(md.utils.escapeHtml(tokens[index]!.content.trimEnd()))}</pre>\n`;
}
