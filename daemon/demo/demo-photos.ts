import type { Darkroom } from '../darkroom/darkroom.ts'

/** Makes the demo's picture number `seed` at `path`, shot at `takenAt`. */
export type DemoPhoto = (seed: number, path: string, takenAt: Date) => Promise<void>

const MAKER = new URL('./scenes/photo.ts', import.meta.url)

/** The demo's photos, drawn in the darkroom's workers as long as nothing more urgent waits there. */
export function createDemoPhotos(darkroom: Pick<Darkroom, 'make'>): DemoPhoto {
  return (seed, path, takenAt) => darkroom.make(MAKER, seed, path, takenAt)
}
