/** A point of something on the page. */
export interface Point {
  name: string
  /** How far down in it, 0 to 1. */
  share: number
}

export interface PlaceNeeds {
  /** What lies at this height of the screen, in each column; empty where nothing does that could be held. */
  across: (y: number) => readonly Point[]
  /** Where a point is on the screen now; null when it is no longer on the page. */
  yOf: (point: Point) => number | null
}

/** Keeps what is in the middle of the screen there, whatever changes above it. */
export const createPlace = (needs: PlaceNeeds) => {
  let held: readonly Point[] = []
  return {
    /** To be called when the guest has scrolled. At the top of the page nothing is held: there the guest wants what is
     * new. */
    note: (): void => void (held = scrollY > 0 ? needs.across(innerHeight / 2) : []),
    forget: (): void => void (held = []),
    /** Scrolls so that what was in the middle is there again. With `anew` everything may have moved against everything:
     * then the columns' photos are held between them. Else the one that moved least is held, so that what left one
     * column moves that one alone. */
    restore(anew: boolean): void {
      const ways = held
        .map((point) => needs.yOf(point))
        .filter((y) => y !== null)
        .map((y) => y - innerHeight / 2)
      if (ways.length === 0) return
      const by = anew
        ? (Math.min(...ways) + Math.max(...ways)) / 2
        : ways.reduce((least, way) => (Math.abs(way) < Math.abs(least) ? way : least))
      if (Math.abs(by) >= 1) scrollTo(0, Math.max(0, scrollY + by))
    },
  }
}
