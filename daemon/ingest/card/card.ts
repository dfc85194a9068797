import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { errnoOf } from '../../errors.ts'
import { createTree } from '../tree/tree.ts'
import type { Source, SourceNeeds } from '../source.ts'
import { newMessage } from '../../util/message.ts'
import { plural } from '../words.ts'

/** A card's truncated files stay so: nobody writes there while it is in a reader. */
const STALL = 3000

/** The card's folder of pictures, however it is spelt; null where there is none, which also means no card.
 * @throws the system's error when the card is there and cannot be read */
export async function findDcim(mount: string): Promise<{ path: string; prefix: string } | null> {
  try {
    const names = (await readdir(mount)).filter((name) => name.toUpperCase() === 'DCIM')
    for (const name of names)
      if ((await stat(join(mount, name))).isDirectory()) return { path: join(mount, name), prefix: name }
    return null
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return null
    throw error
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
        newMessage(
          'card_left',
          `The card was taken out before everything was copied. ${done} of ${plural(total, 'photo')} are copied; put it back in for the rest.`,
          { done, total },
        ),
    },
  })
}
