import { randomBytes } from 'node:crypto'
import type { Edit } from '../../contract/edit.ts'
import { completeEdit } from '../../contract/recipe.ts'
import { prepare, type Db } from '../store/sql.ts'

/** A publish whose delay is not over, or that failed after it. */
export interface DelayedPublish {
  readonly id: string
  readonly eventId: number
  readonly photoId: string
  readonly edit: Edit
  readonly again: boolean
  readonly replaces: string | null
  readonly actor: string
  readonly dueAt: number
  /** Why it could not go out; null while it waits. */
  readonly failed: { readonly code: string; readonly message: string } | null
}

export interface PublishDelays {
  add(hold: Omit<DelayedPublish, 'id' | 'failed'>): DelayedPublish
  find(id: string): DelayedPublish | undefined
  /** In the order in which they are due. */
  list(eventId: number): DelayedPublish[]
  fail(id: string, code: string, message: string): void
  /** Lets one that failed wait again. */
  retry(id: string): void
  /** Makes all due at `at` or earlier. */
  dueBy(at: number): void
  remove(id: string): void
  /** What waits of a Photo goes out with this Edit. */
  setEdit(photoId: string, edit: Edit): void
}

type Row = {
  id: string
  event_id: number
  photo_id: string
  edit: string
  again: number
  replaces: string | null
  actor: string
  due_at: number
  code: string | null
  message: string | null
}

function decode(row: Row): DelayedPublish {
  return {
    id: row.id,
    eventId: row.event_id,
    photoId: row.photo_id,
    edit: completeEdit(JSON.parse(row.edit) as Partial<Edit>),
    again: row.again === 1,
    replaces: row.replaces,
    actor: row.actor,
    dueAt: row.due_at,
    failed: row.code === null ? null : { code: row.code, message: row.message ?? '' },
  }
}

export function createPublishDelays(db: Db): PublishDelays {
  const insert = prepare<Row>(
    db,
    `INSERT INTO holds (id, event_id, photo_id, edit, again, replaces, actor, due_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING *`,
  )
  const find = prepare<Row>(db, 'SELECT * FROM holds WHERE id = ?')
  const list = prepare<Row>(db, 'SELECT * FROM holds WHERE event_id = ? ORDER BY due_at, id')
  const fail = prepare(db, 'UPDATE holds SET code = ?, message = ? WHERE id = ?')
  const isLate = prepare<{ late: number }>(db, 'SELECT 1 AS late FROM holds WHERE due_at > ? LIMIT 1')
  const dueBy = prepare(db, 'UPDATE holds SET due_at = ?1 WHERE due_at > ?1')
  const remove = prepare(db, 'DELETE FROM holds WHERE id = ?')
  const setEdit = prepare(db, 'UPDATE holds SET edit = ? WHERE photo_id = ?')
  return {
    add({ eventId, photoId, edit, again, replaces, actor, dueAt }) {
      const id = randomBytes(8).toString('hex')
      return decode(
        insert.get(
          id,
          eventId,
          photoId,
          JSON.stringify(edit),
          Number(again),
          replaces,
          actor,
          Math.round(dueAt),
        )!,
      )
    },
    find(id) {
      const row = find.get(id)
      return row && decode(row)
    },
    list: (eventId) => list.all(eventId).map(decode),
    fail(id, code, message) {
      fail.run(code, message, id)
    },
    retry(id) {
      fail.run(null, null, id)
    },
    dueBy(at) {
      if (isLate.get(Math.round(at))) dueBy.run(Math.round(at))
    },
    remove(id) {
      remove.run(id)
    },
    setEdit(photoId, edit) {
      setEdit.run(JSON.stringify(edit), photoId)
    },
  }
}
