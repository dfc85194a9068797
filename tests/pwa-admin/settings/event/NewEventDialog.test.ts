import { mount } from '@vue/test-utils'
import { afterEach, expect, test } from 'vitest'
import type { Component } from 'vue'
import { type Api, ApiFailure } from '../../../../pwa-admin/connection/api.ts'
import type { Language } from '../../../../daemon/contract/language.ts'
import { createWords } from '../../../../pwa-admin/locales/index.ts'
import { needsKey } from '../../../../pwa-admin/connection/needs.ts'
import { useSystem } from '../../../../pwa-admin/stores/system.ts'
import NewEventDialog from '../../../../pwa-admin/settings/event/NewEventDialog.vue'
import { settled, status, stores } from '../../fakes.ts'

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

test('opening a new event again after no answer came asks with the same id', async () => {
  const requested: string[] = []
  const api: Partial<Api> = {
    async openEvent(title, id) {
      requested.push(`${title} ${id}`)
      throw new ApiFailure(0, 'no_answer', '')
    },
  }
  const { wrapper, of } = show(NewEventDialog, { api })
  await of('new-event-title')[0]!.setValue(' Gala ')
  for (let n = 0; n < 2; n++) {
    await wrapper.find('form').trigger('submit')
    await settled()
  }
  expect(requested).toHaveLength(2)
  expect(requested[0]).toMatch(/^Gala [0-9a-f]{32}$/)
  expect(requested[1]).toBe(requested[0])
  expect(wrapper.text()).toContain('The Mac did not answer.')
})
