/** `npm run lives`: random lives beside the oracle. */
import { readFile } from 'node:fs/promises'
import { openJudges } from './judges.ts'
import type { Life } from './life.ts'
import { readOptions, type LivesOptions } from './lives-options.ts'
import { lookAtLife } from './look-at-life.ts'
import { openSeats } from './seats.ts'
import { lifeOf } from './random-life.ts'
import { runLives, type LivesResult } from './run-lives.ts'
import type { Finding } from './tally.ts'
import { writeScript } from './write-script.ts'

const options = readOptions(process.argv, process.env)
if (options.replay !== undefined || options.script !== undefined) await replay(options)
else await run(options)

async function run(options: LivesOptions): Promise<void> {
  const result = await runLives(options)
  if (options.json) process.stdout.write(`${JSON.stringify(plain(result), null, 2)}\n`)
  else process.stdout.write(`${summary(result)}\n`)
  if (result.tally.wrong.size > 0) process.exitCode = 1
}

async function replay(options: LivesOptions): Promise<void> {
  const { replay = '0', script, looks, json, service, database } = options
  const [seed = '0', ...path] = replay.split(':')
  const life =
    script === undefined
      ? lifeOf(Number(seed), path.length === 0 ? undefined : path.join(':'))
      : (JSON.parse(await readFile(script, 'utf8')) as Life)
  const seats = service ? await openSeats(1, database) : null
  const judges = openJudges(seats?.urls[0])
  try {
    const look = await lookAtLife(life, judges.of({ seed: Number(seed), looks, isThorough: true }))
    const text = json ? JSON.stringify({ life, look }, null, 2) : writeScript(life, look, 20)
    process.stdout.write(`${text}\n`)
    if (look.mismatches.some(({ isUndecided }) => isUndecided !== true)) process.exitCode = 1
  } finally {
    await judges.close()
    await seats?.close()
  }
}

function summary({ tally, seconds, shrunk }: LivesResult): string {
  const { lives, events, looks, wrong, undecided } = tally
  return [
    `${lives} lives, ${events} events, ${looks} looks at everyone's access in ${seconds.toFixed(0)} s: ${sum(wrong)} wrong, ${sum(undecided)} undecided without a read`,
    ...list('wrong', wrong),
    ...list('undecided', undecided),
    ...shrunk.flatMap(({ signature, seed, path, life, look }) => [
      '',
      `${signature}`,
      writeScript(life, {
        ...look,
        mismatches: look.mismatches.filter((mismatch) => mismatch.signature === signature),
      }),
      `  replay: npm run lives -- --replay ${seed}:${path}`,
    ]),
  ].join('\n')
}

function sum(findings: ReadonlyMap<string, Finding>): number {
  return [...findings.values()].reduce((total, { mismatches }) => total + mismatches, 0)
}

function list(title: string, findings: ReadonlyMap<string, Finding>): string[] {
  return [...findings.values()]
    .sort((a, b) => b.lives - a.lives)
    .map(
      ({ signature, lives, mismatches, seed }) =>
        `  ${title}: ${signature}: ${mismatches} in ${lives} lives, shortest --replay ${seed}`,
    )
}

function plain({ tally, seconds, shrunk }: LivesResult) {
  return {
    ...tally,
    wrong: [...tally.wrong.values()],
    undecided: [...tally.undecided.values()],
    seconds,
    shrunk,
  }
}
