import { Type, type Static, type TObject, type TSchema } from 'typebox'
import { Check } from 'typebox/schema'

/** What was stored as JSON, where it is of that shape.
 * @returns undefined where there is nothing, or something else than what this program wrote */
export function readStored<T extends TSchema>(schema: T, text: string | undefined): Static<T> | undefined {
  if (text === undefined || text === '') return undefined
  try {
    const value: unknown = JSON.parse(text)
    return Check(schema, value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Reads the entries of that shape from a stored list; a broken one takes no other with it. */
export function readList<T extends TSchema>(schema: T, text: string | undefined): Static<T>[] {
  return (readStored(Type.Array(Type.Unknown()), text) ?? []).filter((one): one is Static<T> =>
    Check(schema, one),
  )
}

/** The same of a text that is read far more often than it changes. */
export function createListReader<T extends TSchema>(
  schema: T,
): (text: string | undefined) => readonly Static<T>[] {
  let last: { text: string | undefined; list: readonly Static<T>[] } = { text: undefined, list: [] }
  return (text) => {
    if (text !== last.text) last = { text, list: readList(schema, text) }
    return last.list
  }
}

/** Reads the known fields of the right kind from a stored object: an earlier version had fewer, a later one may have
 * more, and a person may have put in anything. */
export function knownFields<T extends TObject>(schema: T, value: unknown): Partial<Static<T>> {
  if (typeof value !== 'object' || value === null) return {}
  const given = new Map<string, unknown>(Object.entries(value))
  const known = Object.entries(schema.properties).filter(
    ([key, field]) => given.has(key) && Check(field, given.get(key)),
  )
  // The cast: each field was checked by its own schema just now.
  return Object.fromEntries(known.map(([key]) => [key, given.get(key)])) as Partial<Static<T>>
}

/** The same of JSON. */
export function readFields<T extends TObject>(schema: T, text: string | undefined): Partial<Static<T>> {
  try {
    return knownFields(schema, text ? JSON.parse(text) : null)
  } catch {
    return {}
  }
}
