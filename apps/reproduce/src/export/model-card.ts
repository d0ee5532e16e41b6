import { configDifference, explainDifference, type JsonObject, type RunPart } from '@d3pm/train/node';
import { stringify } from 'yaml';
import type { Citation } from '../cite/citation.ts';
import type { RunSummary } from '../compare/run-summary.ts';
import type { TrainConfig } from '../config/train-config.ts';
import { reverseOf } from '../train/build-training.ts';
import type { Sample } from './run-export.ts';

export interface ModelCard {
  readonly config: TrainConfig;
  readonly step: number;
  /** SHA-256 of the weights. */
  readonly digest: string;
  readonly summary: RunSummary;
  readonly environment: JsonObject;
  /** Earlier parts that were made with something else. */
  readonly history: readonly RunPart[];
  readonly citations: readonly Citation[];
  readonly sample?: Sample;
  readonly license?: string;
}

/** Characters of a sample that are shown. */
const SHOWN = 1200;

/** A model card in Markdown, with the header that the Hugging Face hub reads. */
export function modelCard(card: ModelCard): string {
  const { config, step, summary, digest } = card;
  const { data, transition, schedule, model, training } = config;
  const title = `${transition.name} D3PM on ${data.name}`;
  return `---
${stringify(header(card, title)).trimEnd()}
---

# ${title}

A discrete diffusion model (D3PM, Austin et al., 2021): noise \`${transition.name}\`, schedule \`${schedule.name}\` with T = ${schedule.numSteps}, a network \`${model.name}\`${
    summary.parameters === undefined ? '' : ` of ${summary.parameters.toLocaleString('en')} parameters`
  }, trained for ${step.toLocaleString('en')} updates of ${training.batchSize} examples of \`${data.name}\`, seed ${config.seed}.

\`\`\`sh
npx @d3pm/reproduce sample model --count 16   # in this folder
\`\`\`

\`model/model.safetensors\` has the weights that it samples with${training.emaDecay === undefined ? '' : `, their moving average of decay ${training.emaDecay}`}, float32; SHA-256 of names, shapes and bytes \`${digest}\`.

## Numbers

${numbers(card)}

![Training loss and held-out bound against the step](curves.png)

## Samples

${sampleText(card)}

## How it was trained

\`\`\`yaml
${stringify(config).trimEnd()}
\`\`\`

${provenance(card)}

## Limits

- It says what its data says, with the biases that they have; nothing was done against it.
- A bound is an upper bound on −log p(x), estimated on part of the held-out data, of the process that is named; those of two processes are not to be mixed.
- Fewer steps than T sample faster, and from another chain with a bound of its own.
- Examples have the shape that it was trained with; it knows no other length or size.

## Papers

${card.citations.map(({ uses, bibtex }) => `- ${uses.join(', ')}: ${titleOf(bibtex)}`).join('\n')}

BibTeX: [papers.bib](papers.bib).
`;
}

/** Another config or machine on the way, and the config that stands there does not make these weights. */
function provenance({ config, environment, history }: ModelCard): string {
  const on = `On ${environmentText(environment)}.`;
  if (history.length === 0)
    return `${on} \`d3pm train\` with this config and on the same engine and number of threads makes the same bits.`;
  const { saving: _, ...decides } = config;
  const now = { config: decides as unknown as JsonObject, environment };
  const parts = history.map(({ toStep, ...then }) => {
    const text = explainDifference(configDifference(then, now), { before: 'then', after: 'in the end' });
    return `Up to step ${toStep}:\n\n\`\`\`text\n${text}\n\`\`\``;
  });
  return `${on} It was not made with this alone, so that \`d3pm train\` with this config does not make the same bits.\n\n${parts.join('\n\n')}`;
}

function header({ config, step, summary, license }: ModelCard, title: string): object {
  const { data, transition } = config;
  // Of these weights alone.
  const bits = summary.bound?.step === step ? summary.bound.bits : undefined;
  return {
    ...(license !== undefined && { license }),
    library_name: 'd3pm',
    tags: ['discrete-diffusion', 'd3pm', transition.name],
    datasets: [data.name],
    ...(bits !== undefined && {
      'model-index': [
        {
          name: title,
          results: [
            {
              task: { type: 'unconditional-generation' },
              dataset: { type: data.name, name: data.name },
              metrics: [
                {
                  type: 'bits-per-dimension',
                  name: isExact(config) ? 'bits per dimension' : 'upper bound on bits per dimension',
                  value: Number(bits.toFixed(4)),
                },
              ],
            },
          ],
        },
      ],
    }),
  };
}

/** Whether its number is a likelihood, and no bound. */
const isExact = ({ loss }: TrainConfig): boolean => loss.name === 'autoregressive';

function numbers({ summary, config }: ModelCard): string {
  const { loss, bound } = summary;
  const what = isExact(config) ? 'held-out −log p(x), exact' : `held-out bound of the ${reverseOf(config).name} process`;
  const rows = [
    ...(bound
      ? [
          `| ${what}, bits/dim, ${config.evaluation.testExamples} examples, step ${bound.step} | ${isExact(config) ? '' : '≤ '}${bound.bits.toFixed(3)} ± ${bound.standardError.toFixed(3)} (standard error) |`,
        ]
      : []),
    `| training loss, bits/dim, mean of the last events up to step ${summary.step} | ${loss.last.toFixed(3)} |`,
  ];
  return `| what | value |\n|---|---|\n${rows.join('\n')}`;
}

function sampleText({ sample }: ModelCard): string {
  if (!sample) return 'None were drawn while it was trained.';
  if (sample.name.endsWith('.png')) return `![Samples](${sample.name})\n\nOf step ${sample.step}.`;
  const text = sample.content.toString().slice(0, SHOWN).trimEnd();
  const fence = '`'.repeat(Math.max(3, ...(text.match(/`+/gu) ?? []).map((ticks) => ticks.length + 1)));
  return `${fence}text\n${text}\n${fence}\n\nOf step ${sample.step}.`;
}

function environmentText({ library, device, processor, threads, d3pm }: JsonObject): string {
  const known = [
    library,
    device === 'processor' ? processor : device,
    typeof threads === 'number' ? `${threads} ${threads === 1 ? 'thread' : 'threads'}` : undefined,
    typeof d3pm === 'string' ? `d3pm ${d3pm}` : undefined,
  ].filter((part) => typeof part === 'string');
  return known.length === 0 ? 'a machine that it does not tell of' : known.join(', ');
}

const titleOf = (bibtex: string): string => /title = \{(.*)\},?\n/u.exec(bibtex)?.[1]?.replaceAll(/[{}]/gu, '') ?? 'see papers.bib';
