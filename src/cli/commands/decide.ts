import type { Command } from 'commander'
import { readCatalogFile } from '../../config/catalog-file.ts'
import { compileCatalog } from '../../core/compile-catalog.ts'
import type { Decision } from '../../core/decision.ts'
import { evaluate } from '../../core/evaluate.ts'
import type { ScopedSnapshot } from '../../core/evaluate.ts'
import { ProvisoError } from '../../errors.ts'
import { readEnvelope } from '../../stripe/envelope.ts'
import { reduce } from '../../stripe/reduce.ts'
import { readEventFiles } from '../event-files.ts'
import type { EventText } from '../event-files.ts'
import { instant } from '../option-values.ts'
import { describeCommand, runCommand } from '../run-command.ts'
import type { CommonOptions } from '../run-command.ts'
import { sampleCatalog } from '../sample/catalog.ts'

interface DecideOptions extends CommonOptions {
  catalog?: string
  at?: number
}

export function decideCommand(): Command {
  return describeCommand(
    'decide',
    'a set of events in, everyone’s access out; no database, no service',
    'proviso decide events.jsonl --catalog catalog.json --at 2026-11-01T00:00:00Z',
  )
    .argument('<files...>', 'one event, an array or list of events as JSON, or JSONL')
    .option('--catalog <file>', 'catalog as JSON, TypeScript or JavaScript (PROVISO_CATALOG)')
    .option('--at <time>', 'the moment to decide for; absent: now', instant)
    .action((files: string[], options: DecideOptions) =>
      runCommand(options, async ({ output, environment }) => {
        const file = options.catalog ?? environment.PROVISO_CATALOG
        const definition = file === undefined ? sampleCatalog : await readCatalogFile(file)
        const compiled = compileCatalog(definition)
        if (!compiled.ok) throw new ProvisoError('catalog_invalid', `${file} is not a catalog.`)
        const snapshots = (await readEventFiles(files)).flatMap(snapshotsOf)
        const at = options.at ?? Math.floor(Date.now() / 1000)
        const { customers } = evaluate(snapshots, compiled.catalog, at)
        const answer = {
          at,
          customers: Object.fromEntries(
            Object.entries(customers).map(([id, decision]) => [id, printed(decision)]),
          ),
        }
        output.emit(answer)
        output.say(JSON.stringify(answer, null, 2))
      }),
    )
}

function printed({ features, needs, alerts, paymentMethodOnFile, wakeAt }: Decision): object {
  return { features, needs, alerts, paymentMethodOnFile, wakeAt }
}

/** @throws ProvisoError with the same codes by which the webhook refuses what is not an event. */
function snapshotsOf({ text, from }: EventText): ScopedSnapshot[] {
  const envelope = readEnvelope(Buffer.from(text))
  if (envelope.kind !== 'event') {
    const code = envelope.kind === 'thin' ? 'event_thin' : 'event_invalid'
    throw new ProvisoError(code, `${from}: ${envelope.message}.`)
  }
  const { id, type, created, account, livemode } = envelope.event
  const { snapshots, problem } = reduce({
    kind: 'event',
    id,
    type,
    created,
    body: JSON.parse(text) as unknown,
  })
  if (problem !== null) process.stderr.write(`${from}: ${problem.message}\n`)
  return snapshots.map((snapshot) => ({ scope: { account, livemode }, snapshot }))
}
