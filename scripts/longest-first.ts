import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Test files that take longest, below `tests/`: one of them that begins last is what everybody waits for. */
const LONG = [
  'faults/strangers',
  'faults/camera',
  'faults/every-kill',
  'faults/power-cut',
  'faults/every-call',
  'main',
  'scripts/cloud',
  'cloud/store/swift',
  'ingest/intake/killed',
  'e2e/states',
  'e2e/shots',
  'e2e/setup',
  'e2e/shot-to-guest',
]

/** Begins with the longest test files; a fresh clone knows none of their times. */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const at = LONG.findIndex((name) => moduleId.endsWith(`/tests/${name}.test.ts`))
      return at < 0 ? LONG.length : at
    }
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b))
  }
}
