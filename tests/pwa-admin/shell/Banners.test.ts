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
