import koffi from 'koffi'
import type { Native, Pointer } from './native.ts'
import type { ConfigNode, ConfigValue } from '../port.ts'

/** gphoto2-widget.h: CameraWidgetType, in its order. */
const TYPES = ['window', 'section', 'text', 'range', 'toggle', 'choice', 'choice', 'button', 'date'] as const

/** A widget and everything below it, as plain data; the widget stays the caller's.
 * @returns its name and itself */
export function readWidget(native: Native, widget: Pointer): [name: string, node: ConfigNode] {
  const type = typeOf(native, widget)
  const value = readValue(native, widget)
  const children: Record<string, ConfigNode> = {}
  const count = type === 'window' || type === 'section' ? native.plain('gp_widget_count_children', widget) : 0
  for (let i = 0; i < count; i += 1) {
    const [name, node] = readWidget(native, native.made('gp_widget_get_child', 'read a setting', widget, i))
    children[name] = node
  }
  const choices = Array.from(
    { length: type === 'choice' ? native.plain('gp_widget_count_choices', widget) : 0 },
    (_, i) => {
      const choice: [string | null] = [null]
      native.quick('gp_widget_get_choice', 'read a choice', widget, i, choice)
      return choice[0] ?? ''
    },
  )
  const node: ConfigNode = {
    label: textOf(native, 'gp_widget_get_label', widget),
    type,
    readOnly: numberOf(native, 'gp_widget_get_readonly', widget) !== 0,
    ...(value !== null && { value }),
    ...(type === 'choice' && { choices }),
    ...(count > 0 && { children }),
  }
  return [textOf(native, 'gp_widget_get_name', widget), node]
}

/** What a widget holds; null for those that hold nothing. */
export function readValue(native: Native, widget: Pointer): ConfigValue | null {
  const type = typeOf(native, widget)
  if (type === 'window' || type === 'section' || type === 'button') return null
  const value = Buffer.alloc(8)
  native.quick('gp_widget_get_value', 'read a setting', widget, value)
  if (type === 'range') return value.readFloatLE()
  if (type === 'toggle' || type === 'date') return value.readInt32LE()
  const text = value.readBigUInt64LE()
  return text === 0n ? '' : koffi.decode.string(text)
}

/** Puts a value into a widget, which sends nothing yet.
 * @throws CameraFault when it does not take such a value */
export function writeValue(native: Native, widget: Pointer, value: ConfigValue): void {
  const type = typeOf(native, widget)
  let bytes = Buffer.alloc(8)
  if (type === 'range') bytes.writeFloatLE(Number(value))
  else if (type === 'toggle' || type === 'date') bytes.writeInt32LE(Number(value))
  else bytes = Buffer.from(`${value}\0`)
  native.quick('gp_widget_set_value', `set "${value}"`, widget, bytes)
}

function typeOf(native: Native, widget: Pointer): (typeof TYPES)[number] {
  return TYPES[numberOf(native, 'gp_widget_get_type', widget)] ?? 'button'
}

function numberOf(native: Native, name: 'gp_widget_get_type' | 'gp_widget_get_readonly', widget: Pointer) {
  const out: [number] = [0]
  native.quick(name, 'read a setting', widget, out)
  return out[0]
}

function textOf(native: Native, name: 'gp_widget_get_name' | 'gp_widget_get_label', widget: Pointer) {
  const out: [string | null] = [null]
  native.quick(name, 'read a setting', widget, out)
  return out[0] ?? ''
}
