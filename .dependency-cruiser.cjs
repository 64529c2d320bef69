// Imports flow one way: schemas ← models ← streams ← infra ← app ← evaluate ← bin and api. Data sets know schemas alone.
/** Rooms that a room may import besides itself. */
const ALLOWED = {
  schemas: [],
  models: ['schemas'],
  streams: ['schemas', 'models'],
  datasets: ['schemas'],
  infra: ['schemas', 'models', 'streams', 'datasets'],
  app: ['schemas', 'models', 'streams', 'datasets', 'infra'],
  evaluate: ['schemas', 'models', 'streams', 'datasets', 'infra', 'app'],
  bin: ['schemas', 'models', 'streams', 'datasets', 'infra', 'app', 'evaluate'],
  api: ['schemas', 'models', 'streams', 'infra', 'app'],
};

const ROOMS = [
  'schemas',
  'models',
  'streams',
  'infra',
  'app',
  'evaluate',
  'bin',
  'api',
  'datasets',
  'tests',
  'bench',
  'examples',
];

const flow = Object.entries(ALLOWED).map(([room, allowed]) => ({
  name: `${room}-imports`,
  comment: `${room} imports ${allowed.join(', ') || 'no other room'}`,
  severity: 'error',
  from: { path: `^${room}/` },
  to: {
    path: `^(${ROOMS.filter((other) => other !== room && !allowed.includes(other)).join('|')})/`,
  },
}));

/** What the engine, and everything that runs it, may know of what is said: no topic of the recommender. */
const ENGINE_SCHEMAS =
  'schemas/(avro|border|codec|errors|rules|topic|topics/(dead-letters|positions|snapshots))\\.ts$';

module.exports = {
  forbidden: [
    ...flow,
    {
      name: 'engine-knows-no-recommender',
      comment: 'The engine runs any topology: it imports how topics are declared, and draws.',
      severity: 'error',
      from: { path: '^streams/engine/' },
      to: {
        path: '^(schemas|models|streams)/',
        pathNot: `^(streams/engine/|models/random\\.ts$|${ENGINE_SCHEMAS})`,
      },
    },
    {
      name: 'runtimes-import-the-engine-alone',
      comment: 'Kafka, registry, stores, rebuild and metrics run any topology.',
      severity: 'error',
      from: { path: '^infra/(kafka|registry|stores|rebuild|metrics)/' },
      to: {
        path: '^(schemas|models|streams|datasets|infra)/',
        pathNot: `^(streams/engine/|infra/(kafka|registry|stores|rebuild|metrics)/|infra/(process-lock|own-file)\\.ts$|${ENGINE_SCHEMAS})`,
      },
    },
    {
      name: 'no-cycles',
      comment: 'A circle cannot be read from one end, be it of types alone.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'found',
      comment: 'Every import leads somewhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-io-in-models',
      comment: 'What is said, learned and done has no disk, no network, no process and no clock.',
      severity: 'error',
      from: { path: '^(schemas|models|streams)/' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(crypto|zlib)$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^infra/http/public/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['millrace-source', 'import', 'node', 'default', 'types'],
      extensions: ['.ts', '.mjs', '.cjs', '.js', '.json'],
    },
  },
};
