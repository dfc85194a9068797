import { mount } from '@vue/test-utils'
import { afterEach, describe, expect, test } from 'vitest'
import type { Component } from 'vue'
import type { Api } from '../../../pwa-admin/connection/api.ts'
import type { Language } from '../../../daemon/contract/language.ts'
import { createWords } from '../../../pwa-admin/locales/index.ts'
import { needsKey } from '../../../pwa-admin/connection/needs.ts'
import PhotoProgress from '../../../pwa-admin/stage/PhotoProgress.vue'
import { useSystem } from '../../../pwa-admin/stores/system.ts'
import { photo, status, stores } from '../fakes.ts'

const mounted: { unmount(): void }[] = []

afterEach(() => mounted.splice(0).forEach((wrapper) => wrapper.unmount()))

function show(
  component: Component,
  { api = {}, language = 'en', props = {} }: { api?: Partial<Api>; language?: Language; props?: object } = {},
) {
  const pinia = stores(api)
  useSystem().status = status()
  const needs = { api: api as Api, now: () => 0, reconnect: () => undefined }
  const wrapper = mount(component, {
    attachTo: document.body,
    props,
    global: { plugins: [pinia, createWords(language)], provide: { [needsKey as symbol]: needs } },
  })
  mounted.push(wrapper)
  return { wrapper, of: (name: string) => wrapper.findAll(`[data-testid=${name}]`) }
}

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
