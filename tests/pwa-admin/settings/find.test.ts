import { expect, test } from 'vitest'
import SettingsIndex from '../../../pwa-admin/settings/SettingsIndex.vue'
import { useMounting } from '../mounting.ts'

const show = useMounting()

test('a setting that is called so comes before one that only mentions it, and the rest is out of sight', async () => {
  const page = document.createElement('div')
  page.innerHTML = `
    <div data-group="guests"><h2>Guests</h2>
      <section id="connect"><h2>Connect</h2>Print a card</section>
      <section id="walls"><h2>Walls</h2>Screens</section></div>
    <div data-group="event"><h2>Event</h2>
      <section id="deliver"><h2>Deliver</h2>To printers</section>
      <section id="print"><h2>Print</h2>Paper</section></div>`
  const { of } = show(SettingsIndex, { props: { page } })
  const look = (selector: string) => {
    const { hidden, style } = page.querySelector<HTMLElement>(selector)!
    return hidden ? 'hidden' : style.order
  }
  const all = () => ['#connect', '#walls', '#deliver', '#print'].map(look)
  await of('find-setting')[0]!.setValue('print')
  expect(all()).toEqual(['2', 'hidden', '2', '0'])
  expect([look('[data-group=guests]'), look('[data-group=event]')]).toEqual(['2', '0'])
  await of('find-setting')[0]!.setValue('guests')
  expect(all()).toEqual(['1', '1', 'hidden', 'hidden'])
  await of('find-setting')[0]!.setValue('')
  expect(all()).toEqual(['0', '0', '0', '0'])
})
