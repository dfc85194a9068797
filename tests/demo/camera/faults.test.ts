import { describe, expect, test } from 'vitest'
import { OPERATION } from '../../../daemon/demo/camera/codes.ts'
import { createFaults, createFaultScript, type FaultKind } from '../../../daemon/demo/camera/faults.ts'

const RATES: Partial<Record<FaultKind, number>> = {
  drop: 0.1,
  stall: 0.1,
  busy: 0.1,
  'short-read': 0.1,
  'lost-event': 0.2,
  'duplicate-name': 0.2,
  'roll-over': 0.2,
  clock: 0.2,
}
const OPS = Object.values(OPERATION)
const requests = (seed: number, rates = RATES) => {
  const script = createFaultScript(seed, rates)
  return Array.from({ length: 400 }, (_, n) => script.request(OPS[n % OPS.length]!))
}
const shots = (seed: number, between: number) => {
  const script = createFaultScript(seed, RATES)
  return Array.from({ length: 100 }, () => {
    for (let n = 0; n < between; n++) script.request(OPERATION.GetObject)
    return script.shot()?.kind ?? null
  })
}

describe('a script of faults', () => {
  test('is the same for the same seed and operations, another for another seed', () => {
    expect(requests(1)).toEqual(requests(1))
    expect(requests(1)).not.toEqual(requests(2))
  })

  test('does the same to a shot however often somebody asks in between', () => {
    expect(shots(3, 0)).toEqual(shots(3, 5))
  })

  test('knows every kind, and none whose rate is 0', () => {
    const kinds = new Set([...requests(4).map((fault) => fault?.kind), ...shots(4, 0)])
    for (const kind of Object.keys(RATES)) expect(kinds).toContain(kind)
    expect(requests(4, {}).every((fault) => fault === null)).toBe(true)
  })

  test('keeps its rates', () => {
    const hit = requests(5, { drop: 0.25 }).filter(Boolean).length
    expect(hit / 400).toBeGreaterThan(0.18)
    expect(hit / 400).toBeLessThan(0.32)
  })

  test('shortens only the reading of files, and never refuses the opening as busy', () => {
    const script = createFaultScript(6, { busy: 0.5, 'short-read': 0.5 })
    const at = (op: number) => new Set(Array.from({ length: 50 }, () => script.request(op)?.kind))
    expect(at(OPERATION.GetObject)).toContain('short-read')
    expect(at(OPERATION.GetStorageIDs)).not.toContain('short-read')
    expect(at(OPERATION.GetStorageIDs)).toContain('busy')
    expect(at(OPERATION.OpenSession)).toEqual(new Set([undefined]))
  })
})

describe('an ordered fault', () => {
  test('happens once, to the first that it fits', () => {
    const faults = createFaults()
    faults.next('busy', { op: 'GetObjectInfo' })
    expect(faults.request(OPERATION.GetObject)).toBeNull()
    expect(faults.request(OPERATION.GetObjectInfo)?.kind).toBe('busy')
    expect(faults.request(OPERATION.GetObjectInfo)).toBeNull()
    expect(faults.fired.map(({ kind, op }) => [kind, op])).toEqual([['busy', 'GetObjectInfo']])
  })

  test('waits for a data phase when it is about one', () => {
    const faults = createFaults()
    faults.next('short-read')
    expect(faults.request(OPERATION.GetObjectHandles)).toBeNull()
    expect(faults.request(OPERATION.GetPartialObject)?.kind).toBe('short-read')
  })

  test('lets some pass and happens several times when told', () => {
    const faults = createFaults()
    faults.next('stall', { skip: 1, times: 2, ms: 5 })
    const kinds = [1, 2, 3, 4].map(() => faults.request(OPERATION.GetObject)?.kind)
    expect(kinds).toEqual([undefined, 'stall', 'stall', undefined])
  })

  test('of a shot does not touch requests, and comes before the script', () => {
    const faults = createFaults(createFaultScript(1, { clock: 1 }))
    faults.next('lost-event')
    expect(faults.request(OPERATION.GetObject)).toBeNull()
    expect(faults.shot()?.kind).toBe('lost-event')
    expect(faults.shot()?.kind).toBe('clock')
    faults.run(null)
    expect(faults.shot()).toBeNull()
  })
})
