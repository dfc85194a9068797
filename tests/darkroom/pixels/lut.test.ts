import { describe, expect, it } from 'vitest'
import { latticeOf, parseCube, throughLut, type Lut } from '../../../daemon/contract/recipe.ts'
import { cubeOf } from '../../fixtures/photos/cube.ts'

const same = (r: number, g: number, b: number) => [r, g, b] as const
function read(text: string): Lut {
  const lut = parseCube(text)
  if ('code' in lut) throw new Error(lut.message)
  return lut
}
function through(text: string, ...pixel: [number, number, number]): number[] {
  const data = Uint8Array.from(pixel)
  throughLut(latticeOf(read(text)), data, 3)
  return [...data]
}
const COLOURS = [[0, 0, 0], [255, 255, 255], [1, 128, 254], [17, 200, 64], [99, 3, 250]] as const // prettier-ignore

describe('a LUT', () => {
  it.each([2, 5, 17, 33])('of %d points that changes nothing changes nothing', (size) => {
    for (const pixel of COLOURS)
      through(cubeOf(size, same), pixel[0], pixel[1], pixel[2]).forEach((value, i) =>
        expect(Math.abs(value - pixel[i]!)).toBeLessThanOrEqual(1),
      )
  })

  it('has red as its quickest, and looks between its points', () => {
    const turned = cubeOf(2, (r, g, b) => [g, b, r])
    expect(through(turned, 255, 0, 0)).toEqual([0, 0, 255])
    expect(through(turned, 0, 255, 0)).toEqual([255, 0, 0])
    const half = cubeOf(3, (r) => [r === 0.5 ? 1 : 0, 0, 0])
    expect(through(half, 64, 0, 0)[0]).toBe(Math.round((255 * 64) / 127.5))
  })

  it('says what its first and last points stand for', () => {
    const wide = cubeOf(2, same, 'DOMAIN_MIN 0 0 0\nDOMAIN_MAX 2 2 2')
    expect(through(wide, 255, 100, 0)).toEqual([128, 50, 0])
    expect(through(cubeOf(2, same, 'LUT_3D_INPUT_RANGE 0 2'), 255, 100, 0)).toEqual([128, 50, 0])
  })

  it('may come from Windows, with a mark at its beginning and numbers of any spelling', () => {
    const text = `\ufeffLUT_3D_SIZE 2\r\n${'.5 5e-1 +0.5\r\n'.repeat(8)}`
    expect(through(text, 9, 9, 9)).toEqual([128, 128, 128])
  })

  const good = cubeOf(2, same)
  it.each([
    ['', 'lut_not_3d'],
    ['hello', 'lut_line'],
    ['LUT_1D_SIZE 3\n0 0 0\n0 0 0\n1 1 1', 'lut_not_3d'],
    ['0 0 0\n'.repeat(8), 'lut_not_3d'],
    [good.replace('SIZE 2', 'SIZE 1'), 'lut_size'],
    [good.replace('SIZE 2', 'SIZE 34'), 'lut_size'],
    [good.replace('SIZE 2', 'SIZE 2.5'), 'lut_size'],
    [good.replace('SIZE 2', 'SIZE 3'), 'lut_rows'],
    [`${good}0 0 0\n`, 'lut_rows'],
    [good.replace('0.000000 0.000000 0.000000', '0 0'), 'lut_line'],
    [good.replace('0.000000 0.000000 0.000000', '0 0 0 0'), 'lut_line'],
    [good.replace('0.000000 0.000000 0.000000', '0 0 0x1'), 'lut_line'],
    [good.replace('0.000000 0.000000 0.000000', '0 0 nan'), 'lut_line'],
    [good.replace('0.000000 0.000000 0.000000', '0 0 4'), 'lut_range'],
    [good.replace('0.000000 0.000000 0.000000', '0 0 1e999'), 'lut_range'],
    [`${good}LUT_3D_SIZE 2\n`, 'lut_line'],
    [good.replace('TITLE', 'LUT_IN_VIDEO_RANGE\nTITLE'), 'lut_line'],
    [cubeOf(2, same, 'DOMAIN_MIN 0.2 0 0'), 'lut_domain'],
    [cubeOf(2, same, 'DOMAIN_MAX 0 0 0'), 'lut_domain'],
    [cubeOf(2, same, 'DOMAIN_MAX 1 1'), 'lut_line'],
  ])('that is not right is refused with the reason: %j', (text, code) => {
    expect(parseCube(text)).toMatchObject({ code })
  })
})
