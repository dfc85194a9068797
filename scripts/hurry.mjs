/** Makes a page's clocks so many times faster, for `addInitScript`: tests and benches of what runs for hours. Fades and what
 * the network takes go on as they are.
 * @param {number} times */
export function hurry(times) {
  const begun = Date.now()
  const now = Date.now.bind(Date)
  const precise = performance.now.bind(performance)
  const timeout = globalThis.setTimeout.bind(globalThis)
  const interval = globalThis.setInterval.bind(globalThis)
  Date.now = () => begun + (now() - begun) * times
  performance.now = () => precise() * times
  Object.assign(globalThis, {
    setTimeout: (/** @type {() => void} */ run, ms = 0) => timeout(run, ms / times),
    setInterval: (/** @type {() => void} */ run, ms = 0) => interval(run, ms / times),
  })
}
