// @vitest-environment node
import { expect, test } from 'vitest'
import { overlayUrl } from '../../../../pwa-admin/edit/preview/overlay.ts'

test('one overlay serves every size of a shape, and there is none where nothing is laid over', () => {
  const finish = { key: 'k1', landscape: true, portrait: false, web_size: 2048 }
  const url = overlayUrl(finish, { width: 900, height: 600 })
  expect(url).toBe('/api/overlay/k1/1600x1067.png')
  expect(overlayUrl(finish, { width: 450.4, height: 300.3 })).toBe(url)
  expect(overlayUrl(finish, { width: 600, height: 900 })).toBeNull()
  expect(overlayUrl(undefined, { width: 900, height: 600 })).toBeNull()
})
