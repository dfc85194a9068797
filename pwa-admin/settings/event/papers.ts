/** Papers that dye-sub printers take, in the unit that they are sold in. */
export const PAPERS = [
  { unit: 'cm', short: 10, long: 15 },
  { unit: 'cm', short: 13, long: 18 },
  { unit: 'cm', short: 15, long: 20 },
  { unit: 'cm', short: 15, long: 23 },
  { unit: 'cm', short: 20, long: 25 },
  { unit: 'cm', short: 20, long: 30 },
  { unit: 'inch', short: 4, long: 6 },
  { unit: 'inch', short: 5, long: 7 },
  { unit: 'inch', short: 6, long: 8 },
  { unit: 'inch', short: 8, long: 10 },
  { unit: 'inch', short: 8, long: 12 },
] as const
export type Paper = (typeof PAPERS)[number]

const MM = { cm: 10, inch: 25.4 } as const

/** @returns millimetres, to a tenth */
export function sidesOf({ unit, short, long }: Paper): { width_mm: number; height_mm: number } {
  const mm = (side: number) => Math.round(side * MM[unit] * 10) / 10
  return { width_mm: mm(short), height_mm: mm(long) }
}

export const keyOf = ({ unit, short, long }: Paper) => `${short}x${long}${unit}`

/** Which of them a size is, lying or standing; undefined for another. */
export function paperOf(width: number, height: number): Paper | undefined {
  const [short, long] = [Math.min(width, height), Math.max(width, height)]
  return PAPERS.find((one) => {
    const { width_mm, height_mm } = sidesOf(one)
    return width_mm === short && height_mm === long
  })
}

export const pixelsOf = (mm: number, dpi: number) => Math.round((mm / 25.4) * dpi)
