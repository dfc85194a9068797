/** Which room may import which: the order that ARCHITECTURE.md draws. TypeScript's project references hold most of it; these
 * rules say it in one place, hold what references cannot (which packages belong to one file, and that browser rooms take
 * types alone), and find circles. */

/** Rooms of the daemon, lowest first. Each may import those before it, but none of its own rank. */
const RANKS = [
  ['contract'],
  ['util'],
  ['catalog', 'darkroom'],
  ['views'],
  ['originals'],
  ['ingest', 'publish', 'access'],
  ['cloud'],
  ['decisions'],
  ['events'],
  ['doctor'],
  ['http', 'demo'],
  ['wiring'],
]
const LOOSE = '^daemon/(bus|config|errors|files|folders|log)\\.ts$'

/** Files of the contract that are code for browsers and Functions as well; of the others they take types. */
const SHARED = 'card|delta|event-document|guest-calls|language|object|recipe|roles|wall|word-lengths'
const BROWSERS = '^(pwa-admin|gallery|functions)/'

/** Packages that belong to few files of the daemon. */
const OWNED = [
  { name: 'sharp', owners: 'darkroom/(pixels/picture|overlay/stamp)', why: 'decode and encode' },
  { name: '@napi-rs/canvas', owners: 'darkroom/overlay/text-renderer', why: 'sets text' },
  { name: '@aws-sdk', owners: 'cloud/store/store-s3', why: 'talks to a bucket' },
]

const above = (/** @type {number} */ rank) => RANKS.slice(rank + 1).flat()
const rooms = RANKS.flatMap((rank, n) =>
  rank.map((room) => ({
    name: `${room}-imports-upwards`,
    comment: 'Imports go one way: see the rooms in ARCHITECTURE.md.',
    severity: 'error',
    from: { path: `^daemon/${room}/` },
    to: {
      path: [
        `^daemon/(${[...above(n), ...rank.filter((other) => other !== room), 'main\\.ts', 'daemon\\.ts'].join('|')})`,
        '^(pwa-admin|gallery|functions|scripts|tests)/',
      ],
    },
  })),
)

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-circle',
      comment: 'Files that import each other, also as types only, cannot be read one by one.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'shipped-code-knows-no-tests',
      severity: 'error',
      from: { path: '^(daemon|pwa-admin|gallery|functions)/' },
      to: { path: '^(tests|scripts)/' },
    },
    {
      name: 'loose-files-stay-low',
      severity: 'error',
      from: { path: LOOSE },
      to: { path: '^daemon/', pathNot: [LOOSE, '^daemon/(contract|util)/'] },
    },
    {
      name: 'browsers-know-the-contract-only',
      severity: 'error',
      from: { path: BROWSERS },
      to: { path: '^daemon/', pathNot: '^daemon/contract/' },
    },
    {
      name: 'browsers-take-types',
      severity: 'error',
      from: { path: BROWSERS },
      to: {
        path: '^daemon/contract/',
        pathNot: `^daemon/contract/((${SHARED})\\.ts$|recipe/)`,
        dependencyTypesNot: ['type-only'],
      },
    },
    ...OWNED.map(({ name, owners, why }) => ({
      name: `${name.split('/')[0]}-has-its-place`,
      comment: `Only ${owners} ${why}.`,
      severity: 'error',
      from: { path: '^daemon/', pathNot: `^daemon/${owners}\\.ts$` },
      to: { path: `node_modules/${name}/` },
    })),
    ...rooms,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.vue', '.mjs', '.js'] },
    combinedDependencies: true,
  },
}
