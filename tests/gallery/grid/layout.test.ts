// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { columnCount, gapFor, layOut, visible, type Layout } from '../../../gallery/grid/layout.ts'
import { photo, photos } from '../made.ts'

const by = (layout: Layout) => new Map(layout.boxes.map((box) => [box.filename, box]))

const overlaps = (layout: Layout): number => {
  let count = 0
  layout.boxes.forEach((a, i) =>
    layout.boxes.slice(i + 1).forEach((b) => {
      if (a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h) count += 1
    }),
  )
  return count
}

describe('placing', () => {
  it.each([390, 412, 834, 1194, 1440, 2560])(
    'fills a width of %i px edge to edge without overlap',
    (width) => {
      const layout = layOut(photos(60, 1), width)
      expect(overlaps(layout)).toBe(0)
      expect(Math.min(...layout.boxes.map((box) => box.x))).toBe(0)
      expect(Math.max(...layout.boxes.map((box) => box.x + box.w))).toBe(width)
      expect(layout.columns).toHaveLength(columnCount(width))
    },
  )

  it('leaves 4 px on phones and 8 px above', () => {
    for (const [width, gap] of [
      [390, 4],
      [1194, 8],
    ] as const) {
      const layout = layOut(photos(20, 1), width)
      expect(gapFor(width)).toBe(gap)
      for (const column of layout.columns)
        column.slice(1).forEach((index, i) => {
          const above = layout.boxes[column[i] ?? -1]
          expect((layout.boxes[index]?.y ?? 0) - (above?.y ?? 0) - (above?.h ?? 0)).toBe(gap)
        })
    }
  })

  it('always takes the shortest column', () => {
    const layout = layOut([photo(3), photo(2), photo(1)], 390)
    expect(layout.boxes.map((box) => box.column)).toEqual([0, 1, 1])
  })

  it('keeps the shape of a photo, within reason', () => {
    const [normal, tower, ribbon] = layOut(
      [photo(2), photo(3, { w: 100, h: 1000 }), photo(1, { w: 5000, h: 500 })],
      1000,
    ).boxes
    expect((normal?.h ?? 0) / (normal?.w ?? 1)).toBeCloseTo(1365 / 2048, 1)
    expect((tower?.h ?? 0) / (tower?.w ?? 1)).toBeLessThanOrEqual(2.01)
    expect((ribbon?.h ?? 0) / (ribbon?.w ?? 1)).toBeGreaterThan(0.44)
  })

  it('survives no photos at all', () => {
    expect(layOut([], 390)).toMatchObject({ boxes: [], height: 0 })
  })
})

describe('change', () => {
  const before = layOut(photos(40, 1), 390)

  it('a new photo moves its own column only, by its own height', () => {
    const after = layOut(photos(41, 1), 390, before)
    const box = by(after).get('IMG_41.jpg')
    expect(box?.y).toBe(0)
    for (const [filename, old] of by(before)) {
      const now = by(after).get(filename)
      const shift = old.column === box?.column ? box.h + 4 : 0
      expect(now).toEqual({ ...old, y: old.y + shift })
    }
  })

  it('the control: without the history more than one column moves', () => {
    const after = by(layOut(photos(41, 1), 390))
    const moved = [...by(before)].filter(([filename, old]) => after.get(filename)?.column !== old.column)
    expect(moved.length).toBeGreaterThan(0)
  })

  it('an older page is added below and moves nothing', () => {
    const head = layOut(photos(40, 21), 390)
    const after = by(layOut(photos(40, 1), 390, head))
    for (const [filename, old] of by(head)) expect(after.get(filename)).toEqual(old)
  })

  it('a photo of the same shape that replaces one takes its exact place, and nothing moves', () => {
    const next = photos(40, 1).map((entry, i) => (i === 7 ? { ...entry, filename: 'again.jpg' } : entry))
    const after = layOut(next, 390, before)
    after.boxes.forEach((box, i) => expect(box).toMatchObject({ ...before.boxes[i], filename: box.filename }))
  })

  it('a removed photo closes up its column only', () => {
    const gone = before.boxes[5]
    const after = by(
      layOut(
        photos(40, 1).filter((_, i) => i !== 5),
        390,
        before,
      ),
    )
    for (const [filename, box] of after) {
      const old = by(before).get(filename)
      if (old?.column !== gone?.column) expect(box).toEqual(old)
    }
  })

  it('columns stay even through a hundred arrivals', () => {
    let layout = layOut(photos(40, 1), 834)
    for (let n = 41; n <= 140; n++) layout = layOut(photos(n, 1), 834, layout)
    const bottoms = layout.columns.map((column) => {
      const box = layout.boxes[column.at(-1) ?? -1]
      return (box?.y ?? 0) + (box?.h ?? 0)
    })
    const tallest = Math.max(...layout.boxes.map((box) => box.h))
    expect(Math.max(...bottoms) - Math.min(...bottoms)).toBeLessThanOrEqual(tallest + 8)
  })

  it('another number of columns starts afresh', () => {
    expect(layOut(photos(40, 1), 1440, before)).toEqual(layOut(photos(40, 1), 1440))
  })
})

describe('what is near', () => {
  const layout = layOut(photos(10_000, 1), 390)

  it('finds the same boxes as looking at all of them', () => {
    for (const top of [0, 900, 123_456, layout.height - 100]) {
      const all = layout.boxes.flatMap((box, i) => (box.y + box.h >= top && box.y <= top + 844 ? [i] : []))
      expect(visible(layout, top, top + 844)).toEqual(all)
    }
  })

  it('is a handful of ten thousand', () => {
    expect(visible(layout, 50_000, 52_500).length).toBeLessThan(60)
  })
})
