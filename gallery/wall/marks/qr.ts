import { encode } from 'uqr'
import { make } from '../../page/dom.ts'

const SVG = 'http://www.w3.org/2000/svg'
/** Modules of quiet around it, which readers ask for. */
const QUIET = 4

/** A QR code on a calm plate with its quiet zone. */
export const createQr = () => {
  const root = make('figure', { className: 'qr', data: { testid: 'qr' } })
  const svg = document.createElementNS(SVG, 'svg')
  const path = document.createElementNS(SVG, 'path')
  svg.append(path)
  svg.setAttribute('role', 'img')
  svg.setAttribute('shape-rendering', 'crispEdges')
  const caption = make('figcaption')
  root.append(svg, caption)
  let shown = ''
  return {
    root,
    /** @param label says what it leads to */
    show(text: string, label: string): void {
      caption.textContent = label
      svg.setAttribute('aria-label', label)
      if (text === shown) return
      shown = text
      root.dataset['url'] = text
      const { data, size } = encode(text, { ecc: 'M', border: QUIET })
      let drawn = ''
      data.forEach((row, y) => row.forEach((isDark, x) => isDark && (drawn += `M${x} ${y}h1v1h-1z`)))
      path.setAttribute('d', drawn)
      svg.setAttribute('viewBox', `0 0 ${size} ${size}`)
    },
  }
}
