import { mount } from '@vue/test-utils'
import { expect, test } from 'vitest'
import type { SourceStatus } from '../../../../daemon/contract/status.ts'
import { createWords } from '../../../../pwa-admin/locales/index.ts'
import CardCause from '../../../../pwa-admin/status/causes/CardCause.vue'
import { status } from '../../fakes.ts'

const source = (kind: string): SourceStatus => ({
  id: kind,
  // A daemon to come may know more of them.
  kind: kind as SourceStatus['kind'],
  label: `The ${kind}`,
  state: 'done',
  total: 0,
  done: 0,
  bytes_total: 0,
  bytes_done: 0,
  safe_to_eject: false,
  offer: null,
  message: null,
})

const shown = (...kinds: string[]) => {
  const wrapper = mount(CardCause, {
    props: { status: { ...status(), sources: kinds.map(source) } },
    global: { plugins: [createWords('en')] },
  })
  const titles = wrapper.findAll('h3').map((title) => title.text())
  const text = wrapper.text()
  wrapper.unmount()
  return { titles, asks: text.includes('Put a card into the Mac') }
}

test('everything that photos come from is listed, cards first, but cameras, which have a place of their own', () => {
  expect(shown('folder', 'camera', 'postbox', 'card')).toEqual({
    titles: ['The card', 'The folder', 'The postbox'],
    asks: false,
  })
  expect(shown('folder').asks).toBe(true)
  expect(shown('demo').asks).toBe(false)
})
