import { expect, test } from 'vitest'
import UndoBar from '../../../pwa-admin/shell/UndoBar.vue'
import { useUndo } from '../../../pwa-admin/stores/undo.ts'
import { settled } from '../fakes.ts'
import { useMounting } from '../mounting.ts'

const show = useMounting()

test('where room is short, too, Undo says what it takes back, and of which photo', async () => {
  const { of } = show(UndoBar, { props: { slim: true } })
  expect(of('undo')[0]!.text()).toBe('Undo')
  useUndo().push({
    ...{ id: 'a1', kind: 'reject', names: ['IMG_1.JPG'], count: 1, at: '2026-01-01T00:00:00Z' },
    ...{ until: null },
  } as never)
  await settled()
  expect(of('undo')[0]!.findAll('span').map((one) => one.text())).toEqual(['Undo', 'reject', 'IMG_1']) // prettier-ignore
  // What is read aloud is what stands there.
  expect(of('undo')[0]!.attributes('aria-label')).toBeUndefined()
})
