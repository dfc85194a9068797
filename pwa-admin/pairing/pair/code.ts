/** Digits only, shown in two groups of four. Full-width digits come from Chinese keyboards. */
export function digitsOf(typed: string): string {
  return typed
    .replace(/[０-９]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) - 0xfee0))
    .replace(/\D/g, '')
    .slice(0, 8)
}

export function grouped(digits: string): string {
  return digits.length > 4 ? `${digits.slice(0, 4)} ${digits.slice(4)}` : digits
}

/** The id in a link that brings a known device back (`#back=` and a UUID), or null. */
export function backIn(hash: string): string | null {
  return /^#back=([0-9a-f-]{36})$/.exec(hash)?.[1] ?? null
}

/** The key of a pairing link (`#pair=` and 32 hex digits), or null. */
export function keyIn(hash: string): string | null {
  return /^#pair=([0-9a-f]{32})$/.exec(hash)?.[1] ?? null
}
