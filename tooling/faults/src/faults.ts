export type Group =
  | 'Checkpoints and runs'
  | 'Processes'
  | 'Numbers'
  | 'Inputs of a diffusion'
  | 'Data'
  | 'Configs, plug-ins, API'
  | 'Groups and shards';

/** A test whose title does not begin with the number of the fault. */
export interface Covered {
  /** From the root of the repository. */
  readonly file: string;
  /** With the titles of what it stands in, as vitest's JSON report has it. */
  readonly title: string;
}

export interface Fault {
  readonly number: number;
  readonly group: Group;
  readonly what: string;
  readonly covered?: readonly Covered[];
}

const covered = (file: string, ...titles: readonly string[]): readonly Covered[] => titles.map((title) => ({ file, title }));

const TRAIN = 'packages/train/test/train.test.ts';
const OPTIMIZER = 'packages/train/test/optimizer.test.ts';
const STATES = 'packages/core/test/time-and-states.test.ts';
const LOG_SPACE = 'packages/core/test/log-space.test.ts';
const REGISTRY = 'packages/core/test/registry.test.ts';
const SCHEDULES = 'packages/schedules/test/schedules.test.ts';
const DENSE = 'packages/transitions/test/dense.test.ts';
const RANK_ONE = 'packages/transitions/test/rank-one-mixing.test.ts';
const NEIGHBORS = 'packages/transitions/test/nearest-neighbor/nearest-neighbor.test.ts';
const DISCONNECTED = 'packages/transitions/test/nearest-neighbor/disconnected.test.ts';
const NUMERICS = 'tooling/integration/test/oracle-numerics.test.ts';
const ANCESTRAL = 'tooling/integration/test/samplers-ancestral.test.ts';
const TEXT8 = 'packages/data/test/text8-dataset.test.ts';
const READ_TEXT8 = 'packages/data/test/read-text8.test.ts';
const BATCHES = 'packages/data/test/batches.test.ts';

const group = (name: Group, faults: readonly Omit<Fault, 'group'>[]): readonly Fault[] =>
  faults.map((fault) => ({ ...fault, group: name }));

/** What a run, a file or an input may do. Tests name a fault by its number, as `[55] …`. */
export const faults: readonly Fault[] = [
  ...group('Checkpoints and runs', [
    { number: 1, what: 'kill −9 between any two operations of a save' },
    { number: 2, what: 'kill −9 while old checkpoints are deleted' },
    { number: 3, what: 'power loss: what was not synced is gone, or torn' },
    { number: 4, what: 'the disk is full, in each file and at any byte' },
    { number: 5, what: 'an input or output error of read, write, sync, close, rename or list' },
    { number: 6, what: 'a folder that is read-only, forbidden, a file, or a link to nowhere' },
    { number: 7, what: 'a file cut to nothing, in its length, its header or its data' },
    { number: 8, what: 'one bit flipped anywhere; the next older checkpoint is taken and that is said' },
    { number: 9, what: 'a header length that is enormous, negative, or more than the file' },
    { number: 10, what: 'a header that is no UTF-8 or JSON, or has names that are hostile' },
    { number: 11, what: 'offsets that overlap, leave holes or run backwards; sizes that overflow; unknown dtypes' },
    { number: 12, what: 'a tensor missing, too many, of another shape or dtype: all differences at once' },
    { number: 13, what: 'NaN or infinity in weights that are loaded' },
    { number: 14, what: 'a checkpoint of a newer format' },
    { number: 15, what: 'the state of another optimiser, or of other parameters' },
    { number: 16, what: 'files that the manifest lacks, or lists and are not there' },
    { number: 17, what: 'a run that goes on with another config: key by key, exit code 2' },
    { number: 18, what: 'a run that goes on with another engine or version' },
    { number: 19, what: 'going on with a run that is finished' },
    { number: 20, what: 'two processes in one run folder' },
    { number: 21, what: 'a lock left by a dead process, its number reused, or of another host' },
    { number: 22, what: 'a clock that goes backwards' },
    { number: 23, what: 'a run folder that is a checkpoint, or holds the data' },
    { number: 24, what: 'a run name with separators, NUL, 300 characters or a reserved word' },
  ]),
  ...group('Processes', [
    { number: 25, what: 'SIGINT once: finish, save, exit 130; twice: exit at once' },
    { number: 26, what: 'SIGTERM: finish, save, exit 143' },
    { number: 27, what: 'SIGINT in the midst of a save' },
    { number: 28, what: 'SIGHUP, a closed terminal, an output that nobody reads' },
    { number: 29, what: 'suspended and continued' },
    {
      number: 30,
      what: 'memory: no tensor is left by a step',
      covered: [
        ...covered(
          'packages/engine/test/memory.test.ts',
          '200 steps through the kernels leave no tensor, no data and no growth of the heap behind',
        ),
      ],
    },
    { number: 31, what: 'a worker thread dies' },
    { number: 32, what: 'an error that nothing catches' },
    {
      number: 33,
      what: 'progress on a terminal without columns, or on none',
      covered: covered(
        'apps/reproduce/test/progress.test.ts',
        'says phase, share, ETA and result in plain lines where there is no terminal',
      ),
    },
  ]),
  ...group('Numbers', [
    {
      number: 34,
      what: 'NaN or infinity in a loss or gradient',
      covered: covered(
        TRAIN,
        'trouble a loss times NaN is NON_FINITE, with the step and the parameter, and the model keeps the event before',
        'trouble a loss times Infinity is NON_FINITE, with the step and the parameter, and the model keeps the event before',
        'trouble a gradient that is NaN under a finite loss is found',
        'trouble the error says which t and examples the batch had',
        'trouble left out by whenNonFinite an update changes nothing, is told, and is not in the mean',
        'trouble left out by whenNonFinite lowers the rate from the next event on, also in a run that was interrupted before it',
        'trouble left out by whenNonFinite is an error when there are more, which names the first of them',
      ),
    },
    {
      number: 35,
      what: 'gradients that explode',
      covered: covered(OPTIMIZER, 'clipping scales longer gradients to the norm, keeps shorter ones bit for bit, and 0 is 0'),
    },
    {
      number: 36,
      what: 'a probability of exactly 0 in a divergence or a logarithm',
      covered: covered(
        LOG_SPACE,
        'log space categoricalKlNats is Σ q log(q/p) with 0 · log 0 = 0, +∞ where p excludes what q has, gradient −q',
        'log space safeLog is −∞ with gradient 0 at 0, and the logarithm elsewhere',
      ),
    },
    {
      number: 37,
      what: 'underflow in products over many steps',
      covered: covered(
        'packages/transitions/test/transition-laws.test.ts',
        'uniform obeys the transition laws what underflows is not impossible',
        'dense, asymmetric obeys the transition laws what underflows is not impossible',
      ),
    },
    {
      number: 38,
      what: 'an x_t that cannot follow from x_0: a posterior with denominator 0',
      covered: covered(
        NUMERICS,
        'numerics absorbing, extra mask mixture: no row is NaN for any x_t, also one that no data reaches; what is possible sums to 1',
        'numerics uniform plug-in: no row is NaN for any x_t, also one that no data reaches; what is possible sums to 1',
      ),
    },
    { number: 39, what: 'a divergence below 0 by rounding' },
    {
      number: 40,
      what: 'a decay of the moving average outside 0 … 1',
      covered: covered(TRAIN, 'trouble { emaDecay: 1 } is refused before the first step'),
    },
    { number: 41, what: 'FID of too few samples, or of a covariance that is none' },
  ]),
  ...group('Inputs of a diffusion', [
    {
      number: 42,
      what: 'a Q that is not square, not of K states, not stochastic, negative or NaN',
      covered: covered(
        DENSE,
        'bad input a row that does not sum to 1',
        'bad input a negative entry',
        'bad input NaN',
        'bad input a matrix of another size',
      ),
    },
    {
      number: 43,
      what: 'a Q without one stationary law',
      covered: covered(
        DENSE,
        'stationary law is refused where two classes never meet',
        'stationary law is found for a periodic chain',
        'stationary law is not claimed where a prior is given',
      ),
    },
    {
      number: 44,
      what: 'β below 0, above 1, NaN, or too many of them',
      covered: covered(SCHEDULES, 'bad input β > 1', 'bad input β < 0', 'bad input β = NaN', 'registry refuses noise of another length'),
    },
    {
      number: 45,
      what: 'T that is 0, negative, a fraction; T = 1 works',
      covered: [
        ...covered(SCHEDULES, 'bad input T = 0', 'bad input T = 2.5', 'bad input T = NaN', 'linear is its start at T = 1'),
        ...covered(RANK_ONE, 'bad input T = 0'),
      ],
    },
    {
      number: 46,
      what: 'tables of Q beyond the memory',
      covered: [...covered(DENSE, 'bad input tables of terabytes'), ...covered(RANK_ONE, 'bad input a table of gigabytes')],
    },
    {
      number: 47,
      what: 't outside 1 … T',
      covered: [
        ...covered(
          STATES,
          'stepPairs refuses s = 0, t = 6',
          'stepPairs refuses s = -1, t = 2',
          'noisySteps are 1…T: data has no step of its own',
        ),
        ...covered('packages/core/test/sample-forward.test.ts', 'refuses states and steps that the chain does not have'),
      ],
    },
    {
      number: 48,
      what: 'sampling in more steps than there are, or in a number that does not divide T',
      covered: covered(
        STATES,
        'stepGrid refuses more steps than the chain has',
        'stepGrid is ⌈iT/n⌉: strictly increasing from 0 to T, also where n does not divide T',
      ),
    },
    {
      number: 49,
      what: 'a mask out of range, or states without one',
      covered: [
        ...covered(RANK_ONE, 'bad input a mask out of range'),
        ...covered('packages/core/test/assert-denoiser-fits.test.ts', 'names the states that a network lacks, and the mask among them'),
      ],
    },
    {
      number: 50,
      what: 'neighbours: k ≥ K, twins, a graph in parts',
      covered: [
        ...covered(NEIGHBORS, 'bad input k = K'),
        ...covered(
          DISCONNECTED,
          'a graph that falls apart is refused, with its parts and the ways out',
          'a graph that falls apart says when copies are the cause',
        ),
      ],
    },
    { number: 51, what: 'a truncated logistic of one state, or of scale 0' },
    {
      number: 52,
      what: 'a mutual-information schedule for data without information',
      covered: covered('tooling/integration/test/schedules-mutual-information-input.test.ts', 'H(x_0) = 0'),
    },
    { number: 53, what: 'λ below 0' },
    {
      number: 54,
      what: 'a network that returns another shape, a promise or a disposed tensor',
      covered: covered(
        ANCESTRAL,
        'ancestralSampler, uniform names a denoiser that returns a promise',
        'ancestralSampler, uniform names a denoiser that returns a disposed tensor',
      ),
    },
  ]),
  ...group('Data', [
    { number: 55, what: 'a download that is cut, changes, lies, is refused or cannot begin' },
    { number: 56, what: 'a file with another checksum' },
    { number: 57, what: 'a cache folder that is forbidden, full, or shared by two processes' },
    { number: 58, what: 'gzip: cut, wrong sums, two members, bytes after the end' },
    { number: 59, what: 'zip: wrong sums, encrypted, bombs, names that lead elsewhere' },
    { number: 60, what: 'tar: links, devices, names that lead elsewhere, no end' },
    { number: 61, what: 'CIFAR: a length or a label that is none' },
    { number: 62, what: 'IDX: a header that disagrees with the length' },
    {
      number: 63,
      what: 'text8: other characters, no text, shorter than an example',
      covered: [
        ...covered(
          READ_TEXT8,
          'readText8 refuses a file that is empty, with its path',
          'readText8 refuses a file that is upper, with its path',
          'readText8 refuses a file that is short, with its path',
        ),
        ...covered(TEXT8, 'text8Dataset takes a text of exactly one example a split'),
      ],
    },
    { number: 64, what: 'SentencePiece: a model that is damaged, pieces that are odd' },
    {
      number: 65,
      what: 'no example, one example, a batch larger than the data',
      covered: covered(
        BATCHES,
        'batches shows every example once an epoch, also when batches are larger than the data',
        'batches refuses what is no batch',
      ),
    },
  ]),
  ...group('Configs, plug-ins, API', [
    { number: 66, what: 'keys that would change a prototype' },
    { number: 67, what: 'a config with unknown keys, wrong types, duplicates, alias bombs or 10 MB' },
    {
      number: 68,
      what: 'a plug-in with a taken name, another specification, or loaded twice',
      covered: covered(
        REGISTRY,
        'createRegistry refuses two plugins of one name, another specification, another kind and a malformed name',
        'createRegistry accepts the same plugin twice: two imports of one package',
        'the process-wide table takes a plugin once, keeps kinds apart and throws on a clash',
      ),
    },
    {
      number: 69,
      what: 'plain JavaScript: arguments that are missing or of another type, use after dispose',
      covered: covered('packages/models/test/causal-transformer.test.ts', 'decoding refuses a disposed decoder'),
    },
    { number: 70, what: 'a local dashboard: other hosts, paths, HTML' },
  ]),
  ...group('Groups and shards', [
    { number: 71, what: 'a process of a group that is killed, throws, exits, leaves or does not come' },
    { number: 72, what: 'a process of a group that is out of memory' },
    { number: 73, what: 'a disk that is full, or a folder that cannot be had, on the rank that writes' },
    { number: 74, what: 'ranks of different configs, versions, engines or weights' },
    { number: 75, what: 'a batch that the ranks cannot share' },
    { number: 76, what: 'an MPI that is missing, none, or not that of the launcher' },
    { number: 77, what: 'a rank whose parameters drift from those of the others' },
    { number: 78, what: 'shards that are missing, there twice, damaged, or of other options or weights' },
    { number: 79, what: 'a shard that is none, and a number that the batch engine has not set' },
    { number: 80, what: 'a shard that is run again' },
  ]),
];
