import { inject, provide, readonly, ref, watch, type InjectionKey, type Ref } from 'vue'

/** A list that moves by a view in less than this flies: its pictures cannot be made out. Milliseconds. */
const GLANCE_MS = 250
/** The most time between two events of one movement: this long after the last quick one it has landed. */
const REST_MS = 120

const flightKey: InjectionKey<Readonly<Ref<boolean>>> = Symbol('flight')

/** Tells whether a list flies past, so that the pictures in it are asked for when it lands and not each on the way:
 * hundreds of them a second would stand before the ones that somebody will look at. */
export function createFlight() {
  const flying = ref(false)
  let last = { offset: 0, at: -Infinity }
  let landing: ReturnType<typeof setTimeout> | undefined
  const land = () => {
    clearTimeout(landing)
    flying.value = false
  }
  return {
    flying: readonly(flying),
    /** @param offset where the list is, pixels @param view how much of it is seen, pixels @param at milliseconds */
    moved(offset: number, view: number, at: number) {
      const took = at - last.at
      const speed = Math.abs(offset - last.offset) / Math.max(1, took)
      last = { offset, at }
      // After a rest it is a jump, and where it leads is where it stays.
      if (took > REST_MS || speed * GLANCE_MS <= view) return
      flying.value = true
      clearTimeout(landing)
      landing = setTimeout(land, REST_MS)
    },
    land,
  }
}

export const provideFlight = (flying: Readonly<Ref<boolean>>) => provide(flightKey, flying)

/** False as long as the list around flies since before this was there; then true for good. */
export function useLanded(): Readonly<Ref<boolean>> {
  const flying = inject(flightKey, undefined)
  const landed = ref(flying?.value !== true)
  if (flying && !landed.value) {
    const stop = watch(flying, (now) => {
      if (now) return
      landed.value = true
      stop()
    })
  }
  return landed
}
