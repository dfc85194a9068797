import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { isDiskFull } from '../../errors.ts'

/** A prepared statement whose rows have the shape `Row`: the schema in migrations.ts is what vouches for it. */
export interface Query<Row> {
  all(...values: SQLInputValue[]): Row[]
  get(...values: SQLInputValue[]): Row | undefined
  run(...values: SQLInputValue[]): number
  /** One row after the other, none of them kept. Read to the end before anything else is asked. */
  iterate(...values: SQLInputValue[]): Iterable<Row>
}

export type Db = DatabaseSync

export function prepare<Row = never>(db: Db, sql: string): Query<Row> {
  return queryOf(db.prepare(sql))
}

/** The same for rows that are tuples, in the order of the columns: half the price of objects where rows are many. */
export function prepareTuples<Row extends readonly unknown[]>(db: Db, sql: string): Query<Row> {
  const statement = db.prepare(sql)
  statement.setReturnArrays(true)
  return queryOf(statement)
}

function queryOf<Row>(statement: StatementSync): Query<Row> {
  return {
    all: (...values) => statement.all(...values) as Row[],
    get: (...values) => statement.get(...values) as Row | undefined,
    run: (...values) => Number(statement.run(...values).changes),
    iterate: (...values) => statement.iterate(...values) as Iterable<Row>,
  }
}

/** Runs `work` as one transaction; inside another it joins that one. `work` must not wait for anything. */
export type Transaction = <T>(work: () => T) => T

export function createTransaction(db: Db): Transaction {
  return (work) => {
    if (db.isTransaction) return work()
    db.exec('BEGIN IMMEDIATE')
    try {
      const result = work()
      db.exec('COMMIT')
      return result
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK')
      throw error
    }
  }
}

/** The same for what has to be possible on a full disk: `work` is then run once more, from its beginning.
 * @param makeRoom false when there is none to be made */
export function createUrgent(transaction: Transaction, makeRoom: () => boolean): Transaction {
  return (work) => {
    try {
      return transaction(work)
    } catch (error) {
      if (!isDiskFull(error) || !makeRoom()) throw error
      return transaction(work)
    }
  }
}
