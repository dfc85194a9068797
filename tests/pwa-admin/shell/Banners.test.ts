import { describe, expect, test } from 'vitest'
import type { Api } from '../../../pwa-admin/connection/api.ts'
import { useSystem } from '../../../pwa-admin/stores/system.ts'
import Banners from '../../../pwa-admin/shell/Banners.vue'
import { settled, status } from '../fakes.ts'
import { useMounting } from '../mounting.ts'

const show = useMounting()

describe('the photos published by themselves', () => {
  test('are announced above everything, and the owner can end it there', async () => {
    const requested: object[] = []
    const api: Partial<Api> = {
      async changeCamera(body) {
        requested.push(body)
        return { state: 'on', reason: null, cameras: [], known: [] } as never
      },
    }
    const { of } = show(Banners, { api })
    expect(of('unattended')).toHaveLength(0)
    const unattended = [{ camera_id: 'camera:1', name: 'R5', seconds: 20, waiting: 2 }]
    useSystem().status = status({ unattended })
    await settled()
    expect(of('unattended')[0]!.text()).toContain('R5: every new frame is published after 20 s')
    expect(of('unattended-stop')).toHaveLength(0)
    useSystem().role = 'owner'
    await settled()
    await of('unattended-stop')[0]!.trigger('click')
    expect(requested).toMatchObject([{ action: 'camera', id: 'camera:1', publish_after: null }])
  })
})

describe('a look on everything that comes in', () => {
  test('is said as long as it goes on, and whoever edits can stop it there', async () => {
    const requested: object[] = []
    const looks = {
      looks: [{ id: 'n', name: 'Night', exposure: 0, contrast: 0, warmth: -0.5, lut: null }],
      from_now_on: [{ camera_id: 'camera:1', camera: 'R5', look: 'n' }],
    }
    const api: Partial<Api> = {
      async changeLooks(body) {
        requested.push(body)
        return { ...looks, from_now_on: [] }
      },
    }
    const { of } = show(Banners, { api })
    expect(of('incoming-look')).toHaveLength(0)
    useSystem().status = status({ looks })
    useSystem().role = 'viewer'
    await settled()
    expect(of('incoming-look')[0]!.text()).toContain('New frames of R5 get the look “Night”.')
    expect(of('incoming-look-stop')).toHaveLength(0)
    useSystem().role = 'editor'
    await settled()
    await of('incoming-look-stop')[0]!.trigger('click')
    await settled()
    expect(requested).toMatchObject([{ action: 'from_now_on', camera_id: 'camera:1', look: null }])
    expect(of('incoming-look')).toHaveLength(0)
  })
})

describe('walls that were made blank', () => {
  test('are said as long as they are, and whoever publishes lets them show photos again', async () => {
    const asked: object[] = []
    const api: Partial<Api> = {
      async changeWalls(body) {
        asked.push(body)
        return {} as never
      },
    }
    const { of } = show(Banners, { api })
    expect(of('walls-held')).toHaveLength(0)
    useSystem().status = status({ walls: { blank: 'some', paused: 'all' } })
    useSystem().role = 'viewer'
    await settled()
    expect(of('walls-held')[0]!.text()).toBe('A wall shows nothing.')
    useSystem().role = 'editor'
    await settled()
    await of('walls-release')[0]!.trigger('click')
    await settled()
    expect(asked).toMatchObject([{ action: 'change', wall: null, settings: { blank: false } }])
    useSystem().status = status({ walls: { blank: 'none', paused: 'all' } })
    await settled()
    expect(of('walls-held')[0]!.text()).toContain('The walls hold one picture.')
    await of('walls-release')[0]!.trigger('click')
    expect(asked.at(-1)).toMatchObject({ settings: { paused: false } })
  })
})

test('a disk that is away is one sentence, and its folders are named to whoever asks', async () => {
  const { of } = show(Banners, { language: 'zh-Hant' })
  const params = { disk: 'SSD', n: 2, paths: '/Volumes/SSD/a\n/Volumes/SSD/b' }
  useSystem().status = status({ warnings: [{ code: 'disk_missing', message: 'away', params }] })
  await settled()
  const banner = of('warning-disk_missing')[0]!
  expect(banner.text()).toContain('找不到磁碟「SSD」。')
  expect(banner.get('details').attributes('open')).toBeUndefined()
  expect(banner.get('details').text()).toContain('/Volumes/SSD/b')
})
