import { describe, expect, test } from 'vitest'
import type { Language } from '../../../daemon/contract/language.ts'
import PhotoProgress from '../../../pwa-admin/stage/PhotoProgress.vue'
import { photo } from '../fakes.ts'
import { useMounting } from '../mounting.ts'

const show = useMounting()

describe('a photo whose file is gone', () => {
  test.each<[Language, string]>([
    ['en', 'Its file is gone'],
    ['zh-Hant', '檔案不見了'],
  ])('says so, in the reader’s language (%s), and not when only its RAW is', (language, words) => {
    const lost = photo('a', 1, { gone: ['a.jpg'] })
    expect(
      show(PhotoProgress, { language, props: { photo: lost } })
        .of('progress')[0]
        ?.text(),
    ).toContain(words)
    for (const other of [photo('b', 1), photo('b', 1, { raw: 'b.dng', gone: ['b.dng'] })])
      expect(show(PhotoProgress, { language, props: { photo: other } }).of('progress')).toEqual([])
  })
})
