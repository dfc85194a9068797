// @vitest-environment node
import { expect, test } from 'vitest'
import { PLATFORMS } from '../../../../pwa-admin/pairing/setup/platform.ts'
import { stepsFor } from '../../../../pwa-admin/pairing/setup/steps.ts'
import { WORDS } from '../../../../pwa-admin/pairing/setup/words.ts'

test('every platform has its way, in both languages, with all of its words', () => {
  for (const words of Object.values(WORDS))
    for (const platform of PLATFORMS) {
      const steps = stepsFor(platform, words)
      expect(steps.filter(({ file }) => file)).toHaveLength(1)
      expect(steps.at(-1)!.when).toBe('after')
      // The policy of the page allows no style of an element's own.
      for (const picture of steps.flatMap(({ pictures }) => pictures))
        expect(picture).not.toMatch(/style=|undefined/)
    }
})
