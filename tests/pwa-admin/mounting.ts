import { mount } from '@vue/test-utils'
import { afterEach } from 'vitest'
import type { Component } from 'vue'
import type { Api } from '../../pwa-admin/connection/api.ts'
import type { Language } from '../../daemon/contract/language.ts'
import { createWords } from '../../pwa-admin/locales/index.ts'
import { needsKey } from '../../pwa-admin/connection/needs.ts'
import { useSystem } from '../../pwa-admin/stores/system.ts'
import { status, stores } from './fakes.ts'

/** Components that a test shows in the page, with stores on its api, and that go with the test. */
export function useMounting() {
  const mounted: { unmount(): void }[] = []
  afterEach(() => mounted.splice(0).forEach((wrapper) => wrapper.unmount()))

  function show(
    component: Component,
    {
      api = {},
      language = 'en',
      props = {},
    }: { api?: Partial<Api>; language?: Language; props?: object } = {},
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
  return show
}
