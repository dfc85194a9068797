import type { CameraReadouts } from '../../contract/camera.ts'
import type { Camera, CameraStorage, ConfigValue } from './port.ts'

/** The names that bodies give to the same thing, the likeliest first (libgphoto2, camlibs/ptp2/config.c). */
const NAMES = {
  battery: ['batterylevel'],
  lens: ['lensname'],
  mode: ['autoexposuremode', 'expprogram'],
  iso: ['iso'],
  aperture: ['aperture', 'f-number'],
  shutter: ['shutterspeed2', 'shutterspeed'],
  shots: ['availableshots'],
  target: ['capturetarget'],
} as const
type Field = keyof typeof NAMES

/** Reads what a body reports, and remembers what it has no name for, so that it is not asked again. */
export interface Readouts {
  read(camera: Camera): Promise<CameraReadouts>
  /** Makes the body keep its frames on the card, and reads back whether it does. A body without the choice always
   * does. */
  keepOnCard(camera: Camera): Promise<void>
}

export function createReadouts(): Readouts {
  const known = new Map<Field, string | null>()

  async function value(camera: Camera, field: Field): Promise<ConfigValue | null> {
    const name = known.get(field)
    if (name === null) return null
    if (name !== undefined) return camera.getConfigValue(name)
    for (const candidate of NAMES[field]) {
      const found = await camera.getConfigValue(candidate)
      if (found === null) continue
      known.set(field, candidate)
      return found
    }
    known.set(field, null)
    return null
  }

  return {
    async read(camera) {
      const text = async (field: Field) => {
        const found = await value(camera, field)
        return found === null || found === '' ? null : String(found)
      }
      const target = await text('target')
      const shots = Number.parseInt((await text('shots')) ?? '', 10)
      return {
        battery: percentOf(await text('battery')),
        lens: await text('lens'),
        mode: await text('mode'),
        iso: await text('iso'),
        aperture: apertureOf(await text('aperture')),
        shutter: shutterOf(await text('shutter')),
        shots_left: Number.isNaN(shots) ? null : shots,
        capture_target: target === null ? null : isCard(target) ? 'card' : 'memory',
        ...roomOf(await camera.storages()),
      }
    },
    async keepOnCard(camera) {
      const now = await value(camera, 'target')
      if (typeof now !== 'string' || isCard(now)) return
      const { main } = await camera.getConfig()
      const node = find(main, known.get('target') ?? '')
      const card = node?.choices?.find(isCard)
      if (card !== undefined) await camera.setConfigValue(known.get('target')!, card)
    },
  }
}

type Node = NonNullable<Awaited<ReturnType<Camera['getConfig']>>[string]>

function find(node: Node | undefined, name: string): Node | undefined {
  for (const [key, child] of Object.entries(node?.children ?? {})) {
    const found = key === name ? child : find(child, name)
    if (found) return found
  }
  return undefined
}

const isCard = (target: string) => /card/i.test(target)

/** `85%`, `85`, `Full`: percent, or null where a body says only words. */
function percentOf(text: string | null): number | null {
  const digits = /^(\d{1,3})\s*%?$/.exec(text ?? '')?.[1]
  return digits === undefined ? null : Math.min(100, Number(digits))
}

/** `2.8`, `f/2.8`: as photographers write it. */
function apertureOf(text: string | null): string | null {
  return text === null || /^f\//i.test(text) || !/^[\d.]+$/.test(text) ? text : `f/${text}`
}

/** `0.0040s`, `1/250`, `2.5s`: fractions of a second as fractions. */
function shutterOf(text: string | null): string | null {
  const seconds = Number(/^([\d.]+)s?$/.exec(text ?? '')?.[1] ?? Number.NaN)
  if (text === null || !(seconds > 0)) return text
  return seconds < 0.3 ? `1/${Math.round(1 / seconds)}` : `${Number(seconds.toFixed(1))} s`
}

/** The room of all cards together: frames go to the next one when one is full. */
export function roomOf(
  storages: readonly CameraStorage[],
): Pick<CameraReadouts, 'card_free_bytes' | 'card_bytes' | 'card_images'> {
  const sum = (pick: (storage: CameraStorage) => number | null) => {
    const known = storages.map(pick).filter((one) => one !== null)
    return known.length === 0 ? null : known.reduce((a, b) => a + b, 0)
  }
  return {
    card_free_bytes: sum(({ free }) => free),
    card_bytes: sum(({ capacity }) => capacity),
    card_images: sum(({ freeImages }) => freeImages),
  }
}

/** Room for less than one more picture, or none by the body's own reckoning. */
export function isFull({
  card_free_bytes: free,
  card_images: images,
  shots_left: shots,
}: CameraReadouts): boolean {
  return shots === 0 || (shots === null && (images === 0 || (free !== null && free < 1_000_000)))
}
