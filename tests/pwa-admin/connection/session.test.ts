// @vitest-environment node
import { describe, expect, test } from 'vitest'
import type { Fact, Notice } from '../../../daemon/contract/notice.ts'
import type { PhotoPage, PhotoView } from '../../../daemon/contract/photo.ts'
import { createSession } from '../../../pwa-admin/connection/session.ts'
import { useFilters } from '../../../pwa-admin/stores/filters.ts'
import { useSelection } from '../../../pwa-admin/stores/selection.ts'
import { usePhotos } from '../../../pwa-admin/stores/photos.ts'
import { usePublished } from '../../../pwa-admin/stores/published.ts'
import { deferred, photo, publication, settled, status, stores } from '../fakes.ts'

let seq = 0
const notice = (fact: Fact): Notice => ({ ...fact, seq: ++seq, at: '' })
const page = (images: PhotoView[]): PhotoPage => ({ images, total: images.length })

function fixture(photos: () => Promise<PhotoPage>, ready?: Promise<void>) {
  const arrived: number[] = []
  const pinia = stores({ photos, publications: async () => ({ images: [], total: 0 }) })
  const session = createSession({
    pinia,
    onArrived: (count) => arrived.push(count),
    ...(ready && { ready }),
  })
  return {
    session,
    arrived,
    photos: usePhotos(),
    published: usePublished(),
    filters: useFilters(),
    selection: useSelection(),
  }
}

test('a Notice that overtakes the list it belongs to is not undone by it', async () => {
  const answer = deferred<PhotoPage>()
  const it = fixture(() => answer.promise)
  it.session.onHello({ type: 'snapshot', seq: 1, role: 'owner', status: status() })
  it.session.onNotice(notice({ type: 'photo.changed', photo: photo('a', 1, { rating: 5 }) }))
  it.session.onNotice(notice({ type: 'photo.added', photo: photo('b', 2) }))
  it.session.flush()
  answer.resolve(page([photo('a', 1)]))
  await settled()
  expect(it.photos.items.map(({ id, rating }) => `${id} ${rating}`)).toEqual(['b 0', 'a 5'])
  expect(it.arrived).toEqual([1])
})

test('after a snapshot, photos that are no longer there disappear', async () => {
  const answers = [page([photo('a', 1), photo('b', 2)]), page([photo('b', 2)])]
  const it = fixture(async () => answers.shift() ?? page([]))
  for (let n = 0; n < 2; n++) {
    it.session.onHello({ type: 'snapshot', seq: 1, role: 'owner', status: status() })
    await settled()
  }
  expect(it.photos.items.map(({ id }) => id)).toEqual(['b'])
})

test('a replacement takes the old version out in the same pass, and a removal after it wins', () => {
  const it = fixture(async () => page([]))
  const of = photo('a', 1)
  it.published.change([publication(of, 'a.jpg', 1)])
  it.session.onNotice(
    notice({ type: 'publication.live', publication: publication(of, 'a_002.jpg', 2), replaced: 'a.jpg' }),
  )
  it.session.flush()
  expect(it.published.items.map(({ filename }) => filename)).toEqual(['a_002.jpg'])
  it.session.onNotice(
    notice({ type: 'publication.live', publication: publication(of, 'a_003.jpg', 3), replaced: null }),
  )
  it.session.onNotice(notice({ type: 'publication.gone', filename: 'a_003.jpg', photo_id: 'a' }))
  it.session.flush()
  expect(it.published.items.map(({ filename }) => filename)).toEqual(['a_002.jpg'])
})

describe('the first page', () => {
  const shown = ({ photos }: ReturnType<typeof fixture>) =>
    photos.items.map(({ id, rating }) => `${id} ${rating}`)

  test('is shown before the greeting; what happened between the two is not lost', async () => {
    const ready = deferred<undefined>()
    const answers = [page([photo('b', 2), photo('a', 1)])]
    const it = fixture(
      async () => answers.shift() ?? page([photo('d', 4), photo('c', 3), photo('b', 2, { rating: 4 })]),
      ready.promise,
    )
    expect(await it.photos.glimpse('buffer')).toBe(true)
    expect(shown(it)).toEqual(['b 0', 'a 0'])
    expect(it.selection.focusId).toBe('b')
    const before = it.photos.items
    // One came, one was rated and one deleted before the socket stood: no Notice ever says so.
    it.session.onHello({ type: 'snapshot', seq: 7, role: 'owner', status: status() })
    await settled()
    expect(it.photos.items).toBe(before)
    it.session.onNotice(notice({ type: 'photo.added', photo: photo('d', 4) }))
    it.session.flush()
    expect(shown(it)).toEqual(['d 0', 'b 0', 'a 0'])
    ready.resolve(undefined)
    await settled()
    expect(it.photos.phase.buffer).toBe('ready')
    expect(shown(it)).toEqual(['d 0', 'c 0', 'b 4'])
  })

  test('does not come in over what was heard or fetched while it was on its way', async () => {
    const late = deferred<PhotoPage>()
    const it = fixture(() => late.promise)
    const glimpse = it.photos.glimpse('buffer')
    it.photos.change([photo('a', 1, { rating: 5 })])
    late.resolve(page([photo('a', 1)]))
    expect(await glimpse).toBe(true)
    expect(shown(it)).toEqual(['a 5'])
  })

  test('that does not come holds nothing up', async () => {
    const it = fixture(() => Promise.reject(new Error('away')))
    expect(await it.photos.glimpse('buffer')).toBe(false)
    expect(it.photos.phase.buffer).toBe('idle')
  })

  test('gives way to what an earlier page kept of the whole list, and is newer than it', async () => {
    const it = fixture(async () => page([photo('b', 2, { rating: 2 })]))
    await it.photos.glimpse('buffer')
    it.photos.restore([photo('a', 1), photo('b', 2)], ['buffer'])
    expect(shown(it)).toEqual(['b 2', 'a 0'])
    // The control: anything that was announced since is not overwritten.
    it.photos.change([photo('c', 3)])
    it.photos.restore([photo('x', 9)], ['buffer'])
    expect(shown(it)).toEqual(['c 0', 'b 2', 'a 0'])
  })
})

describe('another event', () => {
  const another = (slug: string) => status({ event: { ...status().event, slug } })
  async function turnedOver() {
    const answers = [page([photo('a', 1)]), page([photo('n', 2)])]
    const it = fixture(async () => answers.shift() ?? page([]))
    it.session.onHello({ type: 'snapshot', seq: 1, role: 'owner', status: status() })
    await settled()
    it.published.change([publication(photo('a', 1), 'a.jpg', 1)])
    it.selection.toggle('a')
    it.filters.closeGate()
    return it
  }

  test('empties the page of the one before at once, then shows its own', async () => {
    const it = await turnedOver()
    expect(it.selection.focusId).toBe('a')
    it.session.onNotice(notice({ type: 'status.changed', status: another('b') }))
    it.session.flush()
    expect([it.photos.items, it.published.items, [...it.selection.selected]]).toEqual([[], [], []])
    await settled()
    expect(it.photos.items.map(({ id }) => id)).toEqual(['n'])
    expect([it.selection.focusId, it.filters.ids]).toEqual(['n', ['n']])
  })

  test('does not let back in what was said of the one before in the same breath', async () => {
    const it = await turnedOver()
    it.session.onNotice(notice({ type: 'photo.changed', photo: photo('a', 1, { rating: 5 }) }))
    it.session.onNotice(notice({ type: 'status.changed', status: another('b') }))
    it.session.onNotice(notice({ type: 'photo.added', photo: photo('m', 3) }))
    it.session.flush()
    await settled()
    expect(it.photos.items.map(({ id }) => id)).toEqual(['m', 'n'])
  })

  test('counts also when it was opened while this page was away', async () => {
    const it = await turnedOver()
    it.session.onHello({ type: 'snapshot', seq: 9, role: 'owner', status: another('b') })
    expect([it.photos.items, it.selection.focusId]).toEqual([[], null])
    await settled()
    expect(it.photos.items.map(({ id }) => id)).toEqual(['n'])
  })

  test('is not taken for one when only the title changed', async () => {
    const it = await turnedOver()
    it.session.onNotice(
      notice({ type: 'status.changed', status: status({ event: { ...status().event, title: 'B' } }) }),
    )
    it.session.flush()
    await settled()
    expect(it.photos.items.map(({ id }) => id)).toEqual(['a'])
    expect(it.selection.selected.has('a')).toBe(true)
  })
})
