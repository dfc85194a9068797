/** So many photos within so many milliseconds are a burst. */
const MANY = 3
const WITHIN = 2000

/** Whether photos come in quickly just now: whatever can wait then waits. */
export interface Burst {
  note(): void
  isOn(): boolean
}

/** @param clock milliseconds, by one that does not jump */
export function createBurst(clock: () => number): Burst {
  const last: number[] = []
  return {
    note() {
      last.push(clock())
      if (last.length > MANY) last.shift()
    },
    isOn: () => last.length === MANY && clock() - last[0]! < WITHIN,
  }
}
