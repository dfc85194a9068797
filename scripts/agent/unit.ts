import type { AgentFacts } from './plist.ts'

/** A word of a unit's command or setting: quoted, with systemd's own escapes.
 * https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html#Command%20lines
 * @throws Error when it holds a line end, which no unit can carry */
export function escapeUnit(text: string, isCommand = false): string {
  // eslint-disable-next-line no-control-regex -- what a unit cannot carry
  if (/[\0-\x08\n-\x1f\x7f]/.test(text) || !text.isWellFormed())
    throw new Error(`A systemd unit cannot name ${JSON.stringify(text)}: it holds a control character`)
  const quoted = text.replace(/[\\"]/g, '\\$&').replaceAll('%', '%%')
  return `"${isCommand ? quoted.replaceAll('$', '$$$$') : quoted}"`
}

/** Paths of settings that are no lists stand unquoted. */
function plainPath(path: string): string {
  escapeUnit(path)
  return path.replaceAll('%', '%%').replaceAll('\\', '\\\\')
}

/** The unit of a systemd user service. */
export function unitOf(facts: AgentFacts): string {
  const environment = Object.entries(facts.environment).map(
    ([name, value]) => `Environment=${escapeUnit(`${name}=${value}`)}`,
  )
  return [
    '[Unit]',
    'Description=Live Event Photography',
    'StartLimitIntervalSec=0',
    '',
    '[Service]',
    `ExecStart=${facts.arguments.map((argument) => escapeUnit(argument, true)).join(' ')}`,
    `WorkingDirectory=${plainPath(facts.root)}`,
    ...environment,
    `StandardOutput=append:${plainPath(facts.log)}`,
    `StandardError=append:${plainPath(facts.log)}`,
    '# Started again after a crash, not after a stop that was asked for; 2 is for a person to put right.',
    'Restart=on-failure',
    'RestartPreventExitStatus=2',
    'RestartSec=10',
    'TimeoutStopSec=30',
    '',
    '[Install]',
    'WantedBy=default.target',
    '',
  ].join('\n')
}

/** The words of the unit's command, as they were before they were escaped; empty when it is not one of ours. */
export function argumentsOfUnit(unit: string): string[] {
  const command = /^ExecStart=(.*)$/m.exec(unit)?.[1] ?? ''
  return [...command.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, word = '']) =>
    word.replaceAll('$$', '$').replaceAll('%%', '%').replace(/\\(.)/g, '$1'),
  )
}
