import { describe, expect, it } from 'vitest'
import { bestOf, nextQuality, type Tried } from '../../../daemon/darkroom/workers/budget.ts'
import { RENDITIONS } from '../../../daemon/darkroom/renditions.ts'

const BUDGET = [35_000, 45_000] as const

/** Searches with a picture whose bytes are known for each quality. */
function search(bytesAt: (quality: number) => number) {
  const tried: Tried[] = []
  for (
    let quality: number | null = RENDITIONS.thumb.quality;
    quality !== null;
    quality = nextQuality(tried, BUDGET)
  ) {
    tried.push({ quality, bytes: bytesAt(quality) })
    if (tried.length > 20) throw new Error(`The search does not end: ${JSON.stringify(tried)}`)
  }
  return { tries: tried.length, found: bestOf(tried, BUDGET[1]) }
}

describe('the search for a quality', () => {
  it('takes the first try when it is right', () => {
    expect(search(() => 40_000)).toEqual({ tries: 1, found: { quality: 92, bytes: 40_000 } })
  })

  it.each([12_000, 18_000, 24_000, 30_000, 56_000, 70_000])('needs few tries from %i bytes', (at80) => {
    for (const steepness of [0.8, 1, 1.3]) {
      const weight = (q: number) => (q <= 80 ? 0.5 + q / 160 : 1 + ((q - 80) / 12) ** 1.5) ** steepness
      const { tries, found } = search((q) => Math.round(at80 * weight(q)))
      expect(found.bytes).toBeLessThanOrEqual(BUDGET[1])
      expect(found.bytes >= BUDGET[0] || found.quality === 92).toBe(true)
      expect(tries).toBeLessThanOrEqual(5)
    }
  })

  it('leaves a plain picture below the budget at the best quality', () => {
    expect(search((q) => 20 * q)).toEqual({ tries: 1, found: { quality: 92, bytes: 1840 } })
  })

  it('ends where nothing fits, with the lightest', () => {
    expect(search((q) => 900_000 + q).found).toEqual({ quality: 10, bytes: 900_010 })
  })

  it('ends where the budget falls between two steps, with the one below', () => {
    expect(search((q) => (q > 63 ? 46_000 : 34_000)).found.bytes).toBe(34_000)
  })
})
