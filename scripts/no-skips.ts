import type { Reporter, TestModule } from 'vitest/node'

/** Names every test that did not run and, with CI=true, fails the run for it: a build server that lacks something
 * must not pass by testing less. */
export default class NoSkips implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const skipped = modules.flatMap((module) =>
      [...module.children.allTests('skipped')].map((test) => `${module.relativeModuleId} > ${test.fullName}`),
    )
    if (skipped.length === 0) return
    console.log(`\nNot run (${skipped.length}):\n${skipped.map((name) => `  ${name}`).join('\n')}`)
    if (process.env.CI !== 'true') return
    console.log('With CI=true every test has to run: this counts as a failure.')
    process.exitCode = 1
  }
}
