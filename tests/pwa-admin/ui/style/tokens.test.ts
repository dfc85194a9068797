// @vitest-environment node
import { expect, test } from 'vitest'
import tokens from '../../../../pwa-admin/ui/style/tokens.css?raw'

test('colours of cameras can be read on the surface, and are told from each other and from every state', () => {
  const all = new Map(
    [...tokens.matchAll(/--([\w-]+): #(\w{6});/g)].map(([, name, hex]) => [
      name!,
      [0, 2, 4].map((at) => {
        const c = parseInt(hex!.slice(at, at + 2), 16) / 255
        return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
      }) as [number, number, number],
    ]),
  )
  const light = ([r, g, b]: readonly number[]) => 0.2126 * r! + 0.7152 * g! + 0.0722 * b!
  /** Björn Ottosson's OKLab: equal distances look equally different. */
  const lab = ([r, g, b]: readonly [number, number, number]) => {
    const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
    const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
    const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
    return [
      0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
      1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
      0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
    ]
  }
  const distance = (a: string, b: string) =>
    Math.hypot(...lab(all.get(a)!).map((x, i) => x - lab(all.get(b)!)[i]!))
  const cameras = [...all.keys()].filter((name) => name.startsWith('camera-'))
  expect(cameras).toHaveLength(6)
  for (const one of cameras) {
    const contrast = (light(all.get(one)!) + 0.05) / (light(all.get('surface')!) + 0.05)
    expect(contrast, one).toBeGreaterThan(4.5)
    for (const other of [...cameras, 'live', 'busy', 'bad', 'accent'])
      if (other !== one) expect(distance(one, other), `${one} ${other}`).toBeGreaterThan(0.09)
  }
  // The control: the measure calls a shade of the same colour the same.
  all.set('near', [0.19, 0.42, 0.88])
  expect(distance('near', 'busy')).toBeLessThan(0.09)
})
