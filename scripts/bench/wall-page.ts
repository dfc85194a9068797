import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import type { ManifestEntry, ManifestHead } from '../../daemon/contract/manifest.ts'

/** A wall without a daemon: 2,000 photos in one list, a few pictures under all their names, answered from memory. */

export const PHOTOS = 2_000
const PICTURES = 24
const DIST = fileURLToPath(new URL('../../dist/wall', import.meta.url))
export const ORIGIN = 'http://wall.test'

const TYPES: Readonly<Record<string, string>> = { js: 'text/javascript', css: 'text/css', html: 'text/html' }

/** @param side of each picture, pixels: its width */
export async function pictures(side: number): Promise<Buffer[]> {
  const made: Buffer[] = []
  for (let n = 0; n < PICTURES; n++) {
    const create = {
      width: 320,
      height: n % 3 === 0 ? 480 : 214,
      channels: 3,
      background: '#888',
      noise: { type: 'gaussian', mean: 60 + n * 5, sigma: 14 },
    } as const
    const grain = await sharp({ create }).png().toBuffer()
    made.push(await sharp(grain).resize({ width: side }).webp({ quality: 60 }).toBuffer())
  }
  return made
}

function headOf(): ManifestHead {
  const start = Date.parse('2026-11-28T17:00:00Z')
  const recent = Array.from({ length: PHOTOS }, (_, n): ManifestEntry => {
    const at = new Date(start - n * 10_000).toISOString()
    const isUpright = ((PHOTOS - n) % PICTURES) % 3 === 0
    return {
      filename: `IMG_${PHOTOS - n}.jpg`,
      id: `id-${n}`,
      w: isUpright ? 1365 : 2048,
      h: isUpright ? 2048 : 1365,
      takenAt: at,
      publishedAt: at,
      thumbhash: '3OcRJYB4d3h/iIeHeEh3eIhw+j2A',
      bytes: 400_000,
      has: { web: true, full: false, view: true },
    }
  })
  const font = { family: 'system', size: 72 }
  const event = {
    slug: 'night', title: 'The night', subtitle: '', date: '2026-11-28', hero: null, titleFont: font, subtitleFont: font,
  } // prettier-ignore
  return { v: 2, revision: 1, updatedAt: recent[0]!.publishedAt, event, total: PHOTOS, recent, pages: [] }
}

/** Answers what the wall asks for, from memory. */
export async function serve(
  page: Page,
  views: readonly Buffer[],
  webs: readonly Buffer[],
  /** Other pages, by their path. */
  others: Readonly<Record<string, string>> = {},
): Promise<void> {
  const head = JSON.stringify(headOf())
  const events = { night: { prefix: 'night', title: 'The night' } }
  const index = JSON.stringify({ v: 1, current: 'night', events })
  await page.route(`${ORIGIN}/**`, async (route) => {
    const { pathname } = new URL(route.request().url())
    const other = others[pathname]
    if (other !== undefined) return route.fulfill({ body: other, contentType: 'text/html' })
    if (pathname === '/photo/events.json')
      return route.fulfill({ body: index, contentType: 'application/json' })
    if (pathname.endsWith('manifest.json'))
      return route.fulfill({ body: head, contentType: 'application/json' })
    if (pathname.startsWith('/photo/')) {
      const n = Number(/(\d+)\.\w+$/.exec(pathname)?.[1] ?? 0) % PICTURES
      return route.fulfill({
        body: (pathname.includes('/view/') ? views : webs)[n]!,
        contentType: 'image/webp',
      })
    }
    const file = pathname === '/wall/' ? 'index.html' : pathname.replace('/wall/', '')
    const body = await readFile(join(DIST, file)).catch(() => null)
    if (!body) return route.fulfill({ status: 404 })
    return route.fulfill({ body, contentType: TYPES[file.split('.').at(-1) ?? ''] ?? 'text/plain' })
  })
}
