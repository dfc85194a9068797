import { cacheControlOf, contentTypeOf } from '../../contract/object.ts'
import type { ObjectHeaders } from './store.ts'

/** @param key the object's key, below the Event's prefix or with it */
export function headersOf(key: string): ObjectHeaders {
  return { contentType: contentTypeOf(key), cacheControl: cacheControlOf(key) }
}
