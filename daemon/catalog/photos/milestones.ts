import { prepare, type Db } from '../store/sql.ts'

/** Where a guest's page got a Photo. */
export type SeenWhere = 'network' | 'internet'

/** When things came about for a Photo that no other table says, milliseconds since 1970. The first time counts: what is
 * noted again changes nothing. No fact of the journal: it is only nice to have. */
export interface Milestones {
  tile(photoId: string, at: number): void
  /** A person published, rejected or archived it, or looked at it and went on. */
  decided(photoId: string, at: number): void
  /** All of it is in the bucket, verified. */
  uploaded(photoId: string, at: number): void
  seen(photoId: string, at: number, where: SeenWhere): void
}

export function createMilestones(db: Db): Milestones {
  // A Photo that is gone meanwhile, since it turned out to be another one's half, has none.
  const note = (column: string) =>
    prepare(
      db,
      `INSERT INTO milestones (photo_id, ${column}) SELECT id, ?2 FROM photos WHERE id = ?1
       ON CONFLICT (photo_id) DO UPDATE SET ${column} = excluded.${column} WHERE ${column} IS NULL`,
    )
  const [tile, decided, uploaded] = [note('tile_at'), note('decided_at'), note('uploaded_at')]
  const seen = prepare(
    db,
    `INSERT INTO milestones (photo_id, seen_at, seen_where) SELECT id, ?2, ?3 FROM photos WHERE id = ?1
     ON CONFLICT (photo_id) DO UPDATE SET seen_at = excluded.seen_at, seen_where = excluded.seen_where
     WHERE seen_at IS NULL`,
  )
  return {
    tile: (photoId, at) => void tile.run(photoId, at),
    decided: (photoId, at) => void decided.run(photoId, at),
    uploaded: (photoId, at) => void uploaded.run(photoId, at),
    seen: (photoId, at, where) => void seen.run(photoId, at, where),
  }
}
