import { mount } from '@vue/test-utils'
import { afterEach, describe, expect, test } from 'vitest'
import type { Component } from 'vue'
import type { Api } from '../../../pwa-admin/connection/api.ts'
import type { Language } from '../../../daemon/contract/language.ts'
import { createWords } from '../../../pwa-admin/locales/index.ts'
import { needsKey } from '../../../pwa-admin/connection/needs.ts'
import { useSystem } from '../../../pwa-admin/stores/system.ts'
import Banners from '../../../pwa-admin/shell/Banners.vue'
import { settled, status, stores } from '../fakes.ts'

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

describe('the photos published by themselves', () => {
  test('are announced above everything, and the owner can end it there', async () => {
    const requested: object[] = []
    const api: Partial<Api> = {
      async changeCamera(body) {
        requested.push(body)
        return { state: 'on', reason: null, cameras: [], known: [] } as never
      },
    }
    const { of } = show(Banners, { api })
    expect(of('unattended')).toHaveLength(0)
    const unattended = [{ camera_id: 'camera:1', name: 'R5', seconds: 20, waiting: 2 }]
    useSystem().status = status({ unattended })
    await settled()
    expect(of('unattended')[0]!.text()).toContain('R5: every new frame is published after 20 s')
    expect(of('unattended-stop')).toHaveLength(0)
    useSystem().role = 'owner'
    await settled()
    await of('unattended-stop')[0]!.trigger('click')
    expect(requested).toMatchObject([{ action: 'camera', id: 'camera:1', publish_after: null }])
  })
})
