/** Loaded into the daemon that is measured: writes down how late its event loop is. */
import { writeFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'

const delay = monitorEventLoopDelay({ resolution: 10 })
delay.enable()
setInterval(
  () => writeFileSync(String(process.env.LEP_BENCH_DELAY), String(delay.percentile(99) / 1e6)),
  250,
).unref()
