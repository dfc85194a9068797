import { flushPromises } from '@vue/test-utils'
import { afterEach, expect, test, vi } from 'vitest'
import type { LogReply } from '../../../daemon/contract/log.ts'
import LogSection from '../../../pwa-admin/settings/log/LogSection.vue'
import { copyFrom } from '../../../pwa-admin/settings/log/copying.ts'
import { useMounting } from '../mounting.ts'

const show = useMounting()
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})
/** @param way what the older way of copying says; null where there is none */
function browser(isSecure: boolean, way: boolean | null = null) {
  vi.stubGlobal('isSecureContext', isSecure)
  const command = vi.fn(() => way === true)
  Object.defineProperty(document, 'execCommand', {
    value: way === null ? undefined : command,
    configurable: true,
  })
  return { command, write: vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue() }
}

const at = '2026-01-20T21:00:00.000Z'
const REPLY: LogReply = {
  entries: [
    { at, level: 'error', part: 'cloud', text: 'an upload failed', details: 'tries=3\nError: x\n    at y' },
    { at: null, level: 'info', part: '', text: 'Warning: <b>said</b>', details: '' },
  ],
  parts: ['cloud', 'odd'],
  from: 'memory',
}
async function opened(language: 'en' | 'zh-Hant' = 'en') {
  const log = vi.fn(async () => REPLY)
  const bugReport = vi.fn(async () => ({ text: 'Live Event Photography 1\nno names\n' }))
  const shown = show(LogSection, { api: { log, bugReport }, language })
  await shown.of('log-open')[0]!.trigger('click')
  await flushPromises()
  return { ...shown, log, bugReport }
}

test('the log stands newest first as it was written, and asks again for another level or part', async () => {
  const { of, log, wrapper } = await opened()
  expect(of('log-entry').map((entry) => entry.find('p:not(.head)').text())).toEqual([
    'an upload failed',
    'Warning: <b>said</b>',
  ])
  expect(of('log-entry')[0]!.find('pre').text()).toContain('at y')
  expect(wrapper.text()).toContain('Since the start')
  await of('log-level')[0]!.setValue('error')
  await of('log-part')[0]!.setValue('cloud')
  await flushPromises()
  expect(log.mock.calls).toEqual([
    ['info', undefined],
    ['error', undefined],
    ['error', 'cloud'],
  ])
  // A part that has no word of its own yet is shown by its name.
  expect(of('log-part')[0]!.text()).toContain('odd')
})

test('in Chinese its own words are Chinese', async () => {
  const { of } = await opened('zh-Hant')
  expect(of('log-entry')[0]!.find('.head').text()).toMatch(/^錯誤\s*雲端/)
})

test('the text of a bug report is seen before it is copied', async () => {
  const { of, bugReport } = await opened()
  expect(bugReport).not.toHaveBeenCalled()
  await of('log-report')[0]!.trigger('click')
  await flushPromises()
  const field = of('bug-report')[0]!.element as HTMLTextAreaElement
  expect(field.value).toContain('no names')
  const { write } = browser(true)
  await of('bug-report-copy')[0]!.trigger('click')
  await flushPromises()
  expect(write).toHaveBeenCalledWith(field.value)
  expect(of('bug-report-said')[0]!.text()).toBe('Copied')
})

test('without a clipboard the older way is tried; where there is neither, the text is selected', async () => {
  const { of } = await opened()
  await of('log-report')[0]!.trigger('click')
  await flushPromises()
  const field = of('bug-report')[0]!.element as HTMLTextAreaElement
  const http = browser(false, true)
  expect(await copyFrom(field)).toBe(true)
  expect(http.command).toHaveBeenCalledWith('copy')
  expect(http.write).not.toHaveBeenCalled()
  browser(true, true).write.mockRejectedValue(new Error('not allowed'))
  expect(await copyFrom(field)).toBe(true)
  browser(false, false)
  await of('bug-report-copy')[0]!.trigger('click')
  await flushPromises()
  expect(of('bug-report-said')[0]!.text()).toContain('The text is selected')
  expect([field.selectionStart, field.selectionEnd]).toEqual([0, field.value.length])
})
