import type { ListedEvent } from '../../../daemon/contract/api.ts'
import type { AccessChange } from '../../../daemon/contract/event-access.ts'
import type { Visibility } from '../../../daemon/contract/event-document.ts'

/** Who may open an event's gallery, as a form has it. */
export interface AccessForm {
  visibility: Visibility
  pin: string
  /** Of this device's clock, `YYYY-MM-DDTHH:MM` as a field for it wants; empty is never. */
  ends: string
}

export const newAccessForm = (): AccessForm => ({ visibility: 'front', pin: '', ends: '' })

const two = (n: number): string => String(n).padStart(2, '0')

/** The moment on this device's clock. */
export function localTime(iso: string | null): string {
  if (iso === null) return ''
  const at = new Date(iso)
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('-')
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}`
}

export const accessFormOf = ({ visibility, pin, ends_at }: ListedEvent): AccessForm => ({
  visibility,
  pin: pin ?? '',
  ends: localTime(ends_at),
})

/** Whether the daemon takes it. */
export const isFit = ({ visibility, pin }: AccessForm): boolean =>
  visibility !== 'pin' || pin === '' || /^[0-9]{4,8}$/.test(pin)

/** @param before what it was, so that nothing is sent that was not changed: another device may have changed it since */
export function accessChange(form: AccessForm, before: AccessForm): AccessChange {
  const isNewPin = form.visibility === 'pin' && form.pin !== '' && form.pin !== before.pin
  return {
    ...(form.visibility !== before.visibility && { visibility: form.visibility }),
    ...(isNewPin && { pin: form.pin }),
    ...(form.ends !== before.ends && {
      ends_at: form.ends === '' ? null : new Date(form.ends).toISOString(),
    }),
  }
}
