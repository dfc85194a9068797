import { onScopeDispose, ref, type Ref } from 'vue'

/** desktop: three columns. strip: a tall tablet, the photo over a filmstrip. pair: two columns. phone: tabs. */
export type Layout = 'desktop' | 'strip' | 'pair' | 'phone'

/** @param width CSS pixels @param height CSS pixels */
export function layoutFor(width: number, height: number): Layout {
  // A phone on its side is wide and not at all a tablet.
  if (width < 768 || height < 500) return 'phone'
  if (width >= 1024) return 'desktop'
  return height >= 960 ? 'strip' : 'pair'
}

/** The outer columns of a desktop: never so narrow that a tile does not fit, never so wide that the photo between
 * them does not. CSS pixels. */
export const LEAST_COLUMN = { left: 232, right: 128 }
const LEAST_STAGE = 420

/** @param wanted widths that a person chose; 0 = as suits the screen */
export function columnsFor(width: number, wanted: { readonly left: number; readonly right: number }) {
  const between = (least: number, value: number, most: number) => Math.max(least, Math.min(most, value))
  const room = width - LEAST_STAGE
  const usual = { left: between(288, width * 0.24, 420), right: between(172, width * 0.16, 280) }
  const left = between(LEAST_COLUMN.left, wanted.left || usual.left, room - LEAST_COLUMN.right)
  const right = between(LEAST_COLUMN.right, wanted.right || usual.right, room - left)
  return {
    left: Math.round(left),
    right: Math.round(right),
    most: { left: Math.round(room - right), right: Math.round(room - left) },
  }
}

export function useLayout(): { layout: Ref<Layout>; width: Ref<number> } {
  const read = () => layoutFor(window.innerWidth, window.innerHeight)
  const layout = ref(read())
  const width = ref(window.innerWidth)
  const update = () => {
    layout.value = read()
    width.value = window.innerWidth
  }
  window.addEventListener('resize', update)
  onScopeDispose(() => window.removeEventListener('resize', update))
  return { layout, width }
}
