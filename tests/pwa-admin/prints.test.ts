import { flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { PrintsBody, PrintSettings, PrintsView } from '../../daemon/contract/prints.ts'
import { ApiFailure } from '../../pwa-admin/connection/api.ts'
import { finder, NO_SEARCH } from '../../pwa-admin/inbox/filters.ts'
import PrintDialog from '../../pwa-admin/prints/PrintDialog.vue'
import PrintSection from '../../pwa-admin/settings/event/PrintSection.vue'
import { actionOf } from '../../pwa-admin/shell/keys.ts'
import { useCommands } from '../../pwa-admin/stores/commands.ts'
import { useFailures } from '../../pwa-admin/stores/failures.ts'
import { useFilters } from '../../pwa-admin/stores/filters.ts'
import { usePhotos } from '../../pwa-admin/stores/photos.ts'
import { usePrints } from '../../pwa-admin/stores/prints.ts'
import { useSelection } from '../../pwa-admin/stores/selection.ts'
import { useSystem } from '../../pwa-admin/stores/system.ts'
import { photo, status, stores } from './fakes.ts'
import { useMounting } from './mounting.ts'

const show = useMounting()
beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

type Asked = [name: string, copies: number, again: boolean]
const idle: PrintsView = {
  to: 'folder',
  waiting: 0,
  printed: 0,
  printing: null,
  last: null,
  unsure: [],
  fault: null,
}

function fakeApi() {
  const asked: Asked[] = []
  const jobs: unknown[] = []
  const fault = { now: null as Error | null }
  const api = {
    prints: async () => idle,
    async print(filename: string, copies: number, again: boolean) {
      asked.push([filename, copies, again])
      if (fault.now) throw fault.now
      return { status: 'success' as const, filename }
    },
    async addJob(body: { kind: string; items: unknown[] }) {
      jobs.push([body.kind, body.items])
      throw new ApiFailure(409, 'event_not_open', 'no')
    },
  }
  return { api: api as never, asked, jobs, fault }
}

test('by keyboard a photo is marked, given more copies and unmarked; of one that is on paper somebody is asked', async () => {
  const { api, asked, jobs, fault } = fakeApi()
  stores(api)
  useSystem().status = status()
  const [photos, selection, prints, commands] = [usePhotos(), useSelection(), usePrints(), useCommands()]
  const printed = { waiting: 0, printed: 2, unsure: 0 }
  photos.change([photo('c', 3), photo('b', 2, { print: printed }), photo('a', 1)])
  const press = async (key: string) => {
    const action = actionOf(
      { key, shiftKey: key === '+', ctrlKey: false, metaKey: false, altKey: false, repeat: false },
      { typing: false, control: false, dialog: false },
    )
    commands.run(action!)
    await flushPromises()
  }
  const of = (id: string) => photos.byId.get(id)?.print?.waiting ?? 0
  selection.focus('c')
  await press('t')
  await press('+')
  expect([of('c'), asked]).toEqual([2, [['c.jpg', 1, false], ['c.jpg', 2, false]]]) // prettier-ignore
  await press('-')
  await press('t')
  expect([of('c'), asked.at(-1)]).toEqual([0, ['c.jpg', 0, false]])
  await press('-')
  expect(asked).toHaveLength(4)

  selection.focus('b')
  await press('t')
  expect([prints.asking?.map(({ id }) => id), asked.length]).toEqual([['b'], 4])
  // A viewer marks nothing.
  useSystem().role = 'viewer'
  selection.focus('a')
  await press('t')
  useSystem().role = 'editor'
  expect(asked).toHaveLength(4)

  fault.now = new ApiFailure(404, 'unknown_photo', 'no')
  await press('t')
  expect([of('a'), useFailures().items]).toMatchObject([0, [{ attempt: 'print', name: 'a.jpg' }]])
  // Many are one job; what is on paper is left to the daemon to leave out.
  selection.focus('c')
  selection.move('item', 1, true)
  await press('t')
  expect(jobs).toEqual([['print', [{ filename: 'c.jpg', copies: 1 }, { filename: 'b.jpg', copies: 1 }]]]) // prettier-ignore
})

test('more than five sheets by one key are asked about first, and the button says how many it is', async () => {
  const { api, jobs } = fakeApi()
  stores(api)
  useSystem().status = status()
  const [photos, prints] = [usePhotos(), usePrints()]
  photos.change(Array.from({ length: 6 }, (_, n) => photo(`p${n}`, n)))
  const list = [...photos.items]
  prints.toggle(list)
  expect([prints.asking, jobs]).toEqual([list, []])
  prints.asking = null
  prints.toggle(list.slice(1))
  prints.step(list.slice(1), 1)
  await flushPromises()
  expect([prints.asking, jobs.length]).toEqual([null, 2])
  prints.step(list, 1)
  expect([prints.asking, prints.proposed, jobs.length]).toEqual([list, 1, 2])
  // Fewer costs nothing.
  prints.asking = null
  prints.step(list, -1)
  expect(prints.asking).toBe(null)

  const printed = photo('q', 9, { print: { waiting: 0, printed: 1, unsure: 0 } })
  const { of } = show(PrintDialog, { api, props: { photos: [...list, printed] } })
  await flushPromises()
  await of('print-more')[0]!.trigger('click')
  expect(of('print-save')[0]!.text()).toBe('Print 12 sheets')
  await of('print-also')[0]!.setValue(true)
  expect(of('print-save')[0]!.text()).toBe('Print 14 sheets')
})

test('a list and a search know what is to be printed and what was', () => {
  stores({})
  const list = [
    photo('a', 3, { print: { waiting: 1, printed: 0, unsure: 0 } }),
    photo('b', 2, { print: { waiting: 0, printed: 1, unsure: 0 } }),
    photo('c', 1),
  ]
  usePhotos().change(list)
  const filters = useFilters()
  filters.filter = 'print'
  expect(filters.shown.map(({ id }) => id)).toEqual(['a', 'b'])
  const found = (print: 'waiting' | 'printed') =>
    list.filter(finder({ ...NO_SEARCH, print })).map(({ id }) => id)
  expect([found('waiting'), found('printed')]).toEqual([['a'], ['b']])
})

test('by touch the copies are chosen, and a print is made again only where that is said', async () => {
  const { api, asked } = fakeApi()
  const print = { waiting: 0, printed: 1, unsure: 0 }
  const again = show(PrintDialog, { api, props: { photos: [photo('a', 1, { print })] } })
  await flushPromises()
  expect(again.of('print-facts')[0]!.text()).toBe('Printed as it is now: 1')
  expect(again.of('print-save')[0]!.text()).toBe('Print again')
  expect(again.of('print-fewer')[0]!.attributes('disabled')).toBeDefined()
  await again.of('print-more')[0]!.trigger('click')
  await again.of('print-form')[0]!.trigger('submit')
  expect([asked, again.wrapper.emitted('close')]).toEqual([[['a.jpg', 2, true]], [[]]])

  const edited = show(PrintDialog, {
    api,
    props: { photos: [photo('b', 1, { print: { ...print, earlier: true } })] },
  })
  await flushPromises()
  expect(edited.of('print-save')[0]!.text()).toBe('Print')
  await edited.of('print-copies')[0]!.setValue(100)
  expect(edited.of('print-save')[0]!.attributes('disabled')).toBeDefined()
  await edited.of('print-copies')[0]!.setValue(99)
  await edited.of('print-form')[0]!.trigger('submit')
  expect(asked.at(-1)).toEqual(['b.jpg', 99, false])

  const waiting = show(PrintDialog, {
    api: { ...(api as object), prints: async () => ({ ...idle, to: 'off' as const }) },
    props: { photos: [photo('c', 1, { print: { waiting: 4, printed: 0, unsure: 0 } })] },
    language: 'zh-Hant',
  })
  await flushPromises()
  expect((waiting.of('print-copies')[0]!.element as HTMLInputElement).value).toBe('4')
  expect(waiting.of('print-off')[0]!.text()).toContain('還沒有選擇印表機')
  await waiting.of('print-unmark')[0]!.trigger('click')
  await flushPromises()
  expect(asked.at(-1)).toEqual(['c.jpg', 0, false])
})

test('the owner chooses where prints go; everybody sees how far they are, and settles what nobody knows', async () => {
  const settings: PrintSettings = {
    to: 'off', folder: '', queue: '', options: 'fit-to-page', width_mm: 100, height_mm: 150, dpi: 300, fit: 'fill',
    turn: 'photo', watermark: true,
  } // prettier-ignore
  const saved: object[] = []
  const asked: object[] = []
  const fault = { code: 'print_folder_away', message: 'no', params: { place: '/hot', why: '' } }
  const now = {
    ...idle,
    waiting: 3,
    fault,
    unsure: [{ id: 7, filename: 'IMG_1.JPG', copies: 2 }],
  } as PrintsView
  const api = {
    prints: async () => now,
    printSettings: async () => ({ settings, queues: ['Dye', 'Office'] }),
    async savePrintSettings({ request_id: _, ...body }: object & { request_id?: string }) {
      saved.push(body)
      return settings
    },
    async askPrints({ request_id: _, ...body }: PrintsBody) {
      asked.push(body)
      return { ...now, unsure: [] }
    },
  }
  const { of } = show(PrintSection, { api })
  useSystem().role = 'owner'
  await flushPromises()
  expect(of('print-counts')[0]!.text()).toBe('3 to print, 0 printed')
  expect(of('print-state-fault')[0]!.text()).toContain('The print folder is away: /hot')
  await of('print-to')[0]!.setValue('lp')
  await of('print-queue')[0]!.setValue('Office')
  await of('print-paper')[0]!.setValue('4x6inch')
  expect(of('print-settings')[0]!.text()).toContain('1200 × 1800 pixels')
  await of('print-settings')[0]!.trigger('submit')
  await flushPromises()
  expect(saved).toEqual([{ ...settings, to: 'lp', queue: 'Office', width_mm: 101.6, height_mm: 152.4 }])
  await of('print-to')[0]!.setValue('folder')
  expect(of('print-settings-save')[0]!.attributes('disabled')).toBeDefined()
  await of('print-unsure-7')[0]!.findAll('button')[1]!.trigger('click')
  await flushPromises()
  expect([asked, of('print-unsure-7')]).toEqual([[{ action: 'print', id: 7 }], []])
})
