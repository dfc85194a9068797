import { mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { expect, test, vi } from 'vitest'
import type { CardCheck as Check } from '../../../../daemon/contract/card-check.ts'
import type { SourceStatus } from '../../../../daemon/contract/status.ts'
import type { Needs } from '../../../../pwa-admin/connection/needs.ts'
import { needsKey } from '../../../../pwa-admin/connection/needs.ts'
import { createWords } from '../../../../pwa-admin/locales/index.ts'
import CardCheck from '../../../../pwa-admin/status/causes/CardCheck.vue'

const none = {
  here: 0, taken_now: 0, rejected: 0, deleted: 0, left: 0, set_aside: 0, missing: 0, unread: 0,
  second_copy_waits: 0, before: 0, videos: 0, outside: 0,
} // prettier-ignore
const card = (check?: Partial<Check>): SourceStatus => ({
  id: 'card:A',
  kind: 'card',
  label: 'A',
  state: 'done',
  total: 2,
  done: 2,
  bytes_total: 2,
  bytes_done: 2,
  safe_to_eject: true,
  offer: null,
  message: null,
  ...(check && {
    check: {
      folder: '/A',
      label: 'A',
      state: 'done',
      safe: false,
      total: 2,
      done: 2,
      counts: none,
      message: null,
      ...check,
    },
  }),
})

function show(source: SourceStatus) {
  const checkCard = vi.fn(async () => undefined)
  const needs: Partial<Needs> = { api: { checkCard } as never }
  const wrapper = mount(CardCheck, {
    props: { source },
    global: { plugins: [createPinia(), createWords('en')], provide: { [needsKey as symbol]: needs } },
  })
  return { wrapper, checkCard, isGreen: () => wrapper.find('[data-testid=card-safe]').exists() }
}

test('a card is checked on request, and green only when the check says that it is safe', async () => {
  const asked = show(card())
  expect(asked.isGreen()).toBe(false)
  await asked.wrapper.get('[data-testid=card-check-start]').trigger('click')
  expect(asked.checkCard).toHaveBeenCalledWith('card:A', expect.any(String))

  const safe = show(card({ safe: true, counts: { ...none, here: 2, videos: 3 } }))
  expect(safe.isGreen()).toBe(true)
  expect(safe.wrapper.text()).toContain('3 videos or sounds')

  const aside = show(card({ safe: true, total: 4, counts: { ...none, here: 2, rejected: 1, set_aside: 1 } }))
  expect(aside.wrapper.get('[data-testid=card-safe]').text()).toContain('3 photos')
  expect(aside.wrapper.get('.bad').text()).toContain('not kept')

  const message = { code: 'check_not_safe', params: { missing: 1, unread: 0 }, message: 'Not safe' }
  const missing = show(card({ message, counts: { ...none, here: 1, missing: 1 } }))
  expect(missing.isGreen()).toBe(false)
  expect(missing.wrapper.get('.bad').text()).toContain('Not safe to format')

  const running = show(card({ state: 'checking', done: 1 }))
  expect([running.isGreen(), running.wrapper.text()]).toEqual([false, 'Checking: 1 of 2'])
})
