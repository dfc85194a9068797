import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createTree } from './tree.ts'
import type { Source, SourceNeeds } from './source.ts'
import { saying } from '../saying.ts'
import { plural } from './words.ts'

/** A card's truncated files stay so: nobody writes there while it is in a reader. */
const STALL = 3000

/** The card's folder of pictures, however it is spelt; null where there is none, which also means no card. */
export async function findDcim(mount: string): Promise<{ path: string; prefix: string } | null> {
  try {
    const entries = await readdir(mount, { withFileTypes: true })
    const dcim = entries.find((entry) => entry.isDirectory() && entry.name.toUpperCase() === 'DCIM')
    return dcim ? { path: join(mount, dcim.name), prefix: dcim.name } : null
  } catch {
    return null
  }
}

/** One memory card, known by its id wherever it is mounted. It is read and nothing else. Frames dated before the
 * Event are offered; everything else is copied, the oldest first, and then it says that it may be taken out.
 * @param needs.mount where it is now, or null while it is not in a reader */
export function createCard(
  needs: SourceNeeds & { id: string; label: string; mount: () => string | null },
): Source {
  return createTree({
    ...needs,
    kind: 'card',
    patience: { ...needs.patience, stall: Math.min(STALL, needs.patience.stall) },
    async top() {
      const mount = needs.mount()
      return mount === null ? null : findDcim(mount)
    },
    asksOnlyAtFirst: false,
    words: {
      away: 'The card was taken out before everything was copied.',
      left: (done, total) =>
        saying(
          'card_left',
          `The card was taken out before everything was copied. ${done} of ${plural(total, 'photo')} are copied; put it back in for the rest.`,
          { done, total },
        ),
    },
  })
}
