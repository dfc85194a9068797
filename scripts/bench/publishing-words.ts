import type { WordsChange } from '../../daemon/contract/words.ts'
import { spent } from './darkroom.ts'
import type { Bench } from './harness.ts'
import { LARGE_PHOTO, openLargePhoto } from './large-photo.ts'

/** In each round: the system counts processor time in hundredths of a second. */
const PUBLISHES = 5
const WITH = 'with a full set of words'
const WITHOUT = 'without words'
/** As much as an agency asks for. */
const WORDS: WordsChange = {
  headline: 'The finish of the women’s race',
  caption: '{date} {time}: 女子組衝線 {event}, photographed by {photographer}. '.repeat(8),
  keywords: Array.from({ length: 20 }, (_, n) => `keyword ${n}`),
  credit: 'Agency',
  source: 'Agency',
  creator: '{photographer}',
  copyright: '© Agency',
  usageTerms: 'Editorial use only',
  city: 'Taipei',
  country: 'Taiwan',
  event: '{event}',
  persons: ['Ann Lee', '王小明'],
}

/** What words cost a publish: processor time of the daemon and its workers, in milliseconds. */
export const publishingWords: Bench = {
  name: 'publishing-words',
  title: 'POST /api/publish of a photo of 24 MP',
  unit: 'ms of processor',
  warmUp: 2,
  rounds: 15,
  limits: [{ kind: 'ratio', of: WITH, to: WITHOUT, most: 1.03 }],
  open: () =>
    openLargePhoto((daemon) => {
      const contender = (name: string, words: WordsChange) => ({
        name,
        async before() {
          await daemon.call('POST', '/api/event-words', { words_template: words, words_mode: 'over' })
          await daemon.settled()
        },
        async run() {
          const publish = async () => {
            for (let n = 0; n < PUBLISHES; n += 1)
              await daemon.call('POST', '/api/publish', { filename: LARGE_PHOTO, again: true })
          }
          return (await spent(daemon, publish)).tree / PUBLISHES
        },
      })
      return [contender(WITHOUT, {}), contender(WITH, WORDS)]
    }),
}
