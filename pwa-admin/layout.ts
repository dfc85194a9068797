import { onScopeDispose, ref, type Ref } from 'vue'

/** desk: three columns. strip: a tall tablet, the photo over a filmstrip. pair: two columns. phone: tabs. */
export type Layout = 'desk' | 'strip' | 'pair' | 'phone'

/** @param width CSS pixels @param height CSS pixels */
export function layoutFor(width: number, height: number): Layout {
  // A phone on its side is wide and not at all a tablet.
  if (width < 768 || height < 500) return 'phone'
  if (width >= 1024) return 'desk'
  return height >= 960 ? 'strip' : 'pair'
}

export function useLayout(): Ref<Layout> {
  const read = () => layoutFor(window.innerWidth, window.innerHeight)
  const layout = ref(read())
  const update = () => (layout.value = read())
  window.addEventListener('resize', update)
  onScopeDispose(() => window.removeEventListener('resize', update))
  return layout
}
