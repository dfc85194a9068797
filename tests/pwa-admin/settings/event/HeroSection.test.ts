import { describe, expect, test } from 'vitest'
import type { Api } from '../../../../pwa-admin/connection/api.ts'
import { useSystem } from '../../../../pwa-admin/stores/system.ts'
import HeroSection from '../../../../pwa-admin/settings/event/HeroSection.vue'
import { settled } from '../../fakes.ts'
import { useMounting } from '../../mounting.ts'

const show = useMounting()

describe('the cover picture', () => {
  function pictures() {
    const stored = { images: ['hero-1.jpg', 'hero-2.jpg'], current: 'hero-1.jpg' as string | null }
    const calls: string[] = []
    const done = (filename: string) => ({ status: 'success' as const, filename })
    const api: Partial<Api> = {
      heroes: async () => ({ ...stored }),
      async setHero(name) {
        calls.push(`set ${name}`)
        stored.current = name
        return done(name)
      },
      async deleteHero(name) {
        calls.push(`delete ${name}`)
        stored.images = stored.images.filter((one) => one !== name)
        return done(name)
      },
    }
    return { api, calls }
  }

  test('is chosen among the earlier ones and deleted only on the second tap', async () => {
    const { api, calls } = pictures()
    const { of } = show(HeroSection, { api })
    useSystem().role = 'owner'
    await settled()
    expect(of('hero-now')[0]!.attributes('src')).toBe('/assets/hero-1.jpg')
    await of('hero-pick')[1]!.trigger('click')
    await settled()
    expect(of('hero-now')[0]!.attributes('src')).toBe('/assets/hero-2.jpg')
    await of('hero-delete')[0]!.trigger('click')
    expect(calls).toEqual(['set hero-2.jpg'])
    await of('hero-delete')[0]!.trigger('click')
    await settled()
    expect(calls).toEqual(['set hero-2.jpg', 'delete hero-1.jpg'])
    expect(of('hero-pick')).toHaveLength(1)
  })

  test('is there to see, not to change, for everybody but the owner', async () => {
    const { of } = show(HeroSection, { api: pictures().api })
    useSystem().role = 'editor'
    await settled()
    expect(of('hero-now')).toHaveLength(1)
    expect([...of('hero-pick'), ...of('hero-delete'), ...of('hero-upload')]).toEqual([])
  })
})
