/** Which room may import which: the order that ARCHITECTURE.md draws. TypeScript's project references hold most of it; these
 * rules say it in one place, hold what references cannot, and find circles. */

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
    ...rooms,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(node_modules|dist)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.vue', '.mjs', '.js'] },
    combinedDependencies: true,
  },
}
