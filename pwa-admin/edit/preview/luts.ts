import { shallowReactive } from 'vue'
import { latticeOf, parseCube, type Lattice } from '../../../daemon/contract/recipe.ts'

/** Before one that could not be had is asked for again, milliseconds. */
const AGAIN = 5_000

/** LUTs that were asked for: under way, there, or not to be had. */
const known = shallowReactive(new Map<string, Lattice | 'away' | 'asked'>())

async function fetchLut(id: string): Promise<Lattice | 'away'> {
  try {
    const reply = await fetch(`/media/luts/${id}`)
    const lut = reply.ok ? parseCube(await reply.text()) : null
    return lut && !('code' in lut) ? latticeOf(lut) : 'away'
  } catch {
    return 'away'
  }
}

/** An Edit's LUT. Whoever draws with it is told when it comes.
 * @returns null where there is none, or none could be had; undefined while it is on its way */
export function latticeFor(id: string | null | undefined): Lattice | null | undefined {
  if (!id) return null
  const found = known.get(id)
  if (found === undefined) {
    known.set(id, 'asked')
    void fetchLut(id).then((lattice) => {
      known.set(id, lattice)
      if (lattice === 'away') setTimeout(() => known.delete(id), AGAIN)
    })
  }
  return typeof found === 'object' ? found : found === 'away' ? null : undefined
}
