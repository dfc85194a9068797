export interface BarButton {
  id: string
  label: string
  /** The one that most guests want. */
  main?: boolean
  off?: boolean
  press: () => void
}

export const button = ({ id, label, main = false, off = false, press }: BarButton): HTMLButtonElement => {
  const made = document.createElement('button')
  made.type = 'button'
  made.className = main ? 'keep-button main' : 'keep-button'
  made.dataset['testid'] = id
  made.disabled = off
  made.textContent = label
  made.addEventListener('click', press)
  return made
}

/** The bar at the lower edge: what is selected, what is under way, and what can be done about it. Whoever shows something
 * on it takes the place of what was there, and gives it back. */
export const createBar = () => {
  const root = document.createElement('div')
  root.className = 'keep-bar'
  root.dataset['testid'] = 'keep-bar'
  root.hidden = true
  const text = document.createElement('span')
  text.setAttribute('role', 'status')
  const buttons = document.createElement('span')
  buttons.className = 'keep-buttons'
  root.append(text, buttons)
  const layers = new Map<object, () => { text: string; buttons: readonly BarButton[] }>()

  const draw = (): void => {
    // Inside the open viewer, which lets nothing beside it be reached.
    const home = document.querySelector('.pswp') ?? document.body
    if (root.parentElement !== home) home.append(root)
    const top = [...layers.values()].pop()
    root.hidden = top === undefined
    if (top === undefined) return
    const now = top()
    if (text.textContent !== now.text) text.textContent = now.text
    const focused = buttons.contains(document.activeElement)
      ? (document.activeElement as HTMLElement).dataset['testid']
      : undefined
    buttons.replaceChildren(...now.buttons.map(button))
    if (focused !== undefined) buttons.querySelector<HTMLElement>(`[data-testid="${focused}"]`)?.focus()
  }

  return {
    root,
    draw,
    /** Shows this until it is taken away again by what is returned. */
    put(what: () => { text: string; buttons: readonly BarButton[] }): () => void {
      const key = {}
      layers.set(key, what)
      draw()
      return () => {
        layers.delete(key)
        draw()
      }
    },
  }
}

export type Bar = ReturnType<typeof createBar>
