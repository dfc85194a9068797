import { appear } from './motion.ts'

/** Pictures over each other in one place: the newest comes over what is there, which leaves once it is covered.
 * @param root is empty */
export const createLayers = (root: HTMLElement) => {
  /** From the lowest to the one on top. */
  let layers: { element: HTMLElement; names: readonly string[] }[] = []

  const remove = (element: HTMLElement): void => {
    for (const animation of element.getAnimations?.({ subtree: true }) ?? []) animation.cancel()
    // A browser keeps what an image shows for as long as somebody holds it.
    for (const img of element.querySelectorAll('img')) img.removeAttribute('src')
    element.remove()
  }

  return {
    /** @param ms how long it takes
     * @param names of the photos on it */
    async show(element: HTMLElement, names: readonly string[], ms: number): Promise<void> {
      const layer = { element, names }
      layers.push(layer)
      root.append(element)
      await appear(element, ms)
      const at = layers.indexOf(layer)
      if (at === -1) return
      const below = layers.splice(0, at)
      for (const one of below) remove(one.element)
    },
    /** Photos are not to be seen any more, wherever they are in a fade.
     * @returns whether something on top is missing now */
    drop(names: ReadonlySet<string>): boolean {
      const top = layers.at(-1)
      const stays = layers.filter((layer) => {
        const isGone = layer.names.some((name) => names.has(name))
        if (isGone) remove(layer.element)
        return !isGone
      })
      const isHole = top !== undefined && stays.at(-1) !== top
      layers = stays
      return isHole
    },
    /** What is on top. */
    names: (): readonly string[] => layers.at(-1)?.names ?? [],
    isEmpty: (): boolean => layers.length === 0,
    clear(): void {
      for (const { element } of layers) remove(element)
      layers = []
    },
  }
}

export type Layers = ReturnType<typeof createLayers>
