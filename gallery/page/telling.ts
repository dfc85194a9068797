import type { ManifestEntry, ManifestHead } from '../../daemon/contract/manifest.ts'
import type { Language } from '../../daemon/contract/language.ts'
import { createNumbers } from '../feed/numbers.ts'
import { timeText, wordsOf } from '../locales/words.ts'

/** Who shot a photo, where the event shows that; '' for nobody. */
export const creditOf = (entry: ManifestEntry, event?: ManifestHead['event']): string =>
  event?.byline === true ? (entry.photographer ?? event.credit ?? '') : ''

/** What is said of a photo, in the guest's language. */
export const createTelling = (lang: () => Language) => {
  const numbers = createNumbers()
  return {
    time: ({ takenAt, offset }: ManifestEntry): string => timeText(takenAt, lang(), new Date(), offset),
    alt(entry: ManifestEntry): string {
      if (entry.caption !== undefined) return entry.caption
      const when = timeText(entry.takenAt, lang(), new Date(), entry.offset, true)
      return wordsOf(lang()).photoAt(when, numbers.of(entry))
    },
  }
}
