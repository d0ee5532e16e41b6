import { escapeMarkup } from '../figures/svg.ts';
import { describeEngine } from '../engine/describe-engine.ts';
import type { Provenance } from './provenance.ts';

export type ReportBlock =
  | { readonly kind: 'image'; readonly file: string; readonly alt: string; readonly caption: string }
  | { readonly kind: 'paragraph'; readonly text: string }
  | { readonly kind: 'table'; readonly head: readonly string[]; readonly rows: readonly (readonly string[])[]; readonly caption: string }
  | { readonly kind: 'text'; readonly lines: readonly { readonly label: string; readonly text: string }[]; readonly caption: string };

export interface ReportSection {
  readonly title: string;
  readonly blocks: readonly ReportBlock[];
}

/** A page without scripts or outside files: pictures beside it, light and dark, readable on a phone. */
export function htmlReport(title: string, lead: string, sections: readonly ReportSection[], origin: Provenance): string {
  const body = sections.map(
    ({ title: heading, blocks }) => `<section><h2>${escapeMarkup(heading)}</h2>${blocks.map(blockHtml).join('')}</section>`,
  );
  const facts = Object.entries({ ...origin, engine: describeEngine(origin.engine) }).map(
    ([name, value]) => `<dt>${escapeMarkup(name)}</dt><dd>${escapeMarkup(String(value))}</dd>`,
  );
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeMarkup(title)}</title>
<style>${STYLE}</style>
<main><h1>${escapeMarkup(title)}</h1><p>${escapeMarkup(lead)}</p>
${body.join('\n')}
<section><h2>How these numbers were made</h2><dl>${facts.join('')}</dl></section></main></html>
`;
}

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.55 system-ui, sans-serif; }
body { margin: 0; }
main { max-width: 70rem; margin: 0 auto; padding: 1.5rem; }
h1 { font-size: 1.7rem; } h2 { font-size: 1.2rem; margin-top: 2.4rem; }
figure { margin: 1rem 0; } img { max-width: 100%; background: #fff; border-radius: 6px; }
figcaption, caption { color: GrayText; font-size: .9rem; text-align: left; caption-side: bottom; padding-top: .4rem; }
table { border-collapse: collapse; } th, td { padding: .3rem .9rem .3rem 0; text-align: right; font-variant-numeric: tabular-nums; }
th:first-child, td:first-child { text-align: left; } thead { border-bottom: 1px solid GrayText; }
.samples { font: 14px/1.5 ui-monospace, monospace; border-left: 3px solid #21918c; padding-left: 1rem; overflow-wrap: anywhere; }
.samples b { display: inline-block; min-width: 5.5rem; color: GrayText; font-weight: normal; }
dt { font-weight: 600; } dd { margin: 0 0 .4rem; overflow-wrap: anywhere; }
`;

function blockHtml(block: ReportBlock): string {
  const caption = 'caption' in block ? escapeMarkup(block.caption) : '';
  switch (block.kind) {
    case 'paragraph':
      return `<p>${escapeMarkup(block.text)}</p>`;
    case 'image':
      return `<figure><img src="${escapeMarkup(block.file)}" alt="${escapeMarkup(block.alt)}"><figcaption>${caption}</figcaption></figure>`;
    case 'table': {
      const cells = (row: readonly string[], tag: string): string =>
        `<tr>${row.map((cell) => `<${tag}>${escapeMarkup(cell)}</${tag}>`).join('')}</tr>`;
      return `<table><caption>${caption}</caption><thead>${cells(block.head, 'th')}</thead><tbody>${block.rows.map((row) => cells(row, 'td')).join('')}</tbody></table>`;
    }
    case 'text': {
      const lines = block.lines.map(({ label, text }) => `<p><b>${escapeMarkup(label)}</b> ${escapeMarkup(text)}</p>`);
      return `<figure><div class="samples">${lines.join('')}</div><figcaption>${caption}</figcaption></figure>`;
    }
  }
}
