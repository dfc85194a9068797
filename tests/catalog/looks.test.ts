import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MOST_LOOKS } from '../../daemon/contract/look.ts'
import { NEUTRAL } from '../../daemon/contract/recipe.ts'
import { openHouse, type House } from '../fixtures/catalog.ts'

const WARM = { exposure: 0.3, contrast: 0, warmth: 0.6 }
let house: House
beforeEach(async () => {
  house = await openHouse()
})
afterEach(() => house.close())
const looks = () => house.catalog.looks
const names = () =>
  looks()
    .list()
    .map(({ name }) => name)

describe('looks', () => {
  it('keep light and colour alone, and outlive the program', () => {
    const whole = { ...NEUTRAL, ...WARM, rotation: 90, scale: 1.4 } as const
    const saved = looks().save(' Evening ', whole)
    house.reopen()
    expect(looks().list()).toEqual([{ id: saved.id, name: 'Evening', ...WARM, lut: null }])
  })

  it('are twelve at most; the one that was picked last comes first', () => {
    const made = Array.from({ length: MOST_LOOKS }, (_, n) => looks().save(`Look ${n}`, WARM))
    expect(() => looks().save('One more', WARM)).toThrow(expect.objectContaining({ code: 'too_many_looks' }))
    expect(names()[0]).toBe('Look 11')
    looks().used(made[3]!.id)
    expect(names().slice(0, 2)).toEqual(['Look 3', 'Look 11'])
    looks().used('nobody')
    expect(names()).toHaveLength(MOST_LOOKS)
  })

  it('become another under their own name, and never share one', () => {
    const { id } = looks().save('Evening', WARM)
    looks().save('Hall', WARM)
    expect(looks().save('EVENING', { ...WARM, contrast: 0.5 })).toMatchObject({ id, contrast: 0.5 })
    expect(names()).toEqual(['EVENING', 'Hall'])
    expect(() => looks().rename(id, 'hall')).toThrow(expect.objectContaining({ code: 'look_name_taken' }))
    looks().rename(id, 'Night')
    expect(names()).toEqual(['Night', 'Hall'])
    expect(() => looks().rename('nobody', 'X')).toThrow(expect.objectContaining({ code: 'no_such_look' }))
  })

  it('are given to new frames: a camera’s own first, until they are stopped or gone', () => {
    const all = looks().save('All', WARM)
    const own = looks().save('Own', { ...WARM, warmth: -0.4 })
    looks().setIncoming(null, all.id)
    looks().setIncoming('camera:1', own.id)
    expect(looks().incoming('camera:1')).toEqual({ ...WARM, warmth: -0.4, lut: null })
    expect(looks().incoming('camera:2')).toEqual({ ...WARM, lut: null })
    expect(looks().incoming(null)).toEqual({ ...WARM, lut: null })
    looks().setIncoming('camera:1', null)
    expect(looks().incoming('camera:1')).toEqual({ ...WARM, lut: null })
    looks().remove(all.id)
    expect(looks().incoming('camera:1')).toBeNull()
    expect(looks().incomingLooks()).toEqual([])
    expect(() => looks().setIncoming(null, all.id)).toThrow(expect.objectContaining({ code: 'no_such_look' }))
  })

  it('that somebody broke take no other with them', () => {
    looks().save('Evening', WARM)
    const stored = JSON.parse(house.catalog.settings.get('looks')!) as unknown[]
    house.catalog.settings.set('looks', JSON.stringify([...stored, { id: 'x', name: 'Far', exposure: 9 }]))
    expect(names()).toEqual(['Evening'])
  })
})

describe('a frame with a Look from the start', () => {
  const frame = { cameraId: 'camera:1' }
  const waits = (id: string) => house.catalog.unattended.isWaiting(id)
  beforeEach(() => house.catalog.unattended.set('camera:1', 30))

  it('goes on waiting to be published unattended, until a person edits it', () => {
    const plain = house.addPhoto('PLAIN.JPG', frame)
    const { id, edit } = house.addPhoto('LOOK.JPG', { ...frame, edit: WARM })
    expect(edit).toEqual({ ...NEUTRAL, ...WARM })
    expect([waits(plain.id), waits(id)]).toEqual([true, true])
    house.catalog.photos.keepEdit(id, { exposure: 0.4 })
    // The control: an edit that a person keeps ends the wait, in a frame with a Look and in one without.
    house.catalog.photos.keepEdit(plain.id, { exposure: 0.4 })
    expect([waits(plain.id), waits(id)]).toEqual([false, false])
  })

  it('is no test shot, which no journal knows of', () => {
    const shot = house.addPhoto('TEST.JPG', { edit: WARM }, { origin: 'rehearsal' })
    expect(shot.edit).toEqual(NEUTRAL)
  })
})
