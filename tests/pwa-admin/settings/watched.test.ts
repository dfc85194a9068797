import { flushPromises } from '@vue/test-utils'
import { expect, test } from 'vitest'
import type { WatchedFoldersBody, WatchedFoldersReply } from '../../../daemon/contract/watched-folders.ts'
import type { SourceStatus } from '../../../daemon/contract/status.ts'
import { useSystem } from '../../../pwa-admin/stores/system.ts'
import WatchedSection from '../../../pwa-admin/settings/storage/WatchedSection.vue'
import { status } from '../fakes.ts'
import { useMounting } from '../mounting.ts'

const show = useMounting()
const source = (path: string, change: Partial<SourceStatus>): SourceStatus => ({
  ...{ id: `folder:${path}`, kind: 'folder', label: path, state: 'looking', total: 0, done: 0 },
  ...{ bytes_total: 0, bytes_done: 0, safe_to_eject: false, offer: null, message: null },
  ...change,
})
const folder = (path: string, fixed = false) => ({ path, recursive: true, fixed, source: `folder:${path}` })

async function open(language: 'en' | 'zh-Hant' = 'en') {
  const sent: WatchedFoldersBody[] = []
  let reply: WatchedFoldersReply = { folders: [folder('/start', true), folder('/nas/in')], most: 4 }
  const api = {
    watchedFolders: async () => reply,
    async changeWatchedFolders({ request_id: _, ...body }: WatchedFoldersBody) {
      sent.push(body)
      if (body.action === 'add') reply = { ...reply, folders: [...reply.folders, folder(body.path)] }
      return reply
    },
    listFolders: async () => ({
      ...{ path: '/read-only', parent: '/', folders: [], writable: false, free_bytes: null, places: [] },
    }),
  }
  const { wrapper, of } = show(WatchedSection, { api, language })
  useSystem().status = status({
    sources: [source('/start', { state: 'away' }), source('/nas/in', { total: 7, done: 5 })],
  })
  await flushPromises()
  return { wrapper, of, sent }
}

test('each watched folder says how it is; one that was given at the start has no buttons', async () => {
  const { of } = await open()
  const [start, nas] = of('watched-folder')
  expect(start!.text()).toContain('--watch')
  expect(start!.findAll('button, input')).toEqual([])
  expect(nas!.text()).toContain('5 of 7 copied')
})

test('a folder is added by the picker, also one that cannot be written, changed and removed', async () => {
  const { of, sent, wrapper } = await open('zh-Hant')
  await of('watched-deep')[0]!.setValue(false)
  await flushPromises()
  await of('watched-remove')[0]!.trigger('click')
  await flushPromises()
  await of('watched-add')[0]!.trigger('click')
  await flushPromises()
  const use = document.querySelector<HTMLButtonElement>('[data-testid=use-folder]')!
  expect(use.disabled).toBe(false)
  use.click()
  await flushPromises()
  expect(sent).toEqual([
    { action: 'change', path: '/nas/in', recursive: false },
    { action: 'remove', path: '/nas/in' },
    { action: 'add', path: '/read-only', recursive: true },
  ])
  expect(wrapper.text()).toContain('沒有監看')
})
