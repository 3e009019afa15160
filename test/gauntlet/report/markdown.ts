import prettier from 'prettier'
import { LIVE_CHAOS } from '../live/run-live.ts'
import { contestTables } from './contest-tables.ts'
import { whole } from './figures.ts'
import { count, verdictOf, type GauntletResults } from './results.ts'
import { rowTable, storyTable } from './story-tables.ts'
import { table } from './table.ts'
import { ROWS_TO_READ } from './undecided-rows.ts'

/** The whole run as Markdown: from the results alone, so that the same run writes the same page. */
export async function writeReport(results: GauntletResults): Promise<string> {
  const page = [
    head(results),
    '![How often access is wrong, by contestant](gauntlet.svg)',
    totals(results),
    ...contestTables(results),
    undecidedPart(results),
    capturedPart(results),
    replayPart(results),
    '## Every story',
    storyTable(results),
    '## Where each row of Stripe’s behaviour is told',
    'Numbers on the left are rows of the table of scenarios in our reference of Stripe’s behaviour (SPEC.md cites the same numbers); on the right are stories above.',
    rowTable(results.stories),
  ].join('\n\n')
  const settings = await prettier.resolveConfig(import.meta.filename)
  return prettier.format(page, { ...settings, parser: 'markdown' })
}

/** The first lines are all that many readers see: what, how fair, how to run. */
function head({ stories, day, contestants }: GauntletResults): string {
  const others = contestants.filter(({ name }) => !name.startsWith('proviso')).length
  return `# The gauntlet

**What was measured.** How often access is wrong when Stripe’s events come late, twice and out of order. ${stories.length} stories of Stripe billing are played on a local Stripe; their events come to Proviso’s core, to its service on PostgreSQL, and to ${others === 0 ? 'no other set-up in this run' : `${others} set-ups people use today`}. An oracle says what is right from the sandbox’s ledger (who paid what for which time) and uses none of our code; a witness says what may be served so far from what had arrived by then.

**How fair it is.** We wrote the stories, the oracle and the peers’ set-up: read them in \`test/gauntlet\` and \`bench/peers\`. Each peer has its best documented options, a database of its own, the same signed requests in the same order, and Stripe’s API to read. It is judged by what its documentation tells users to read, only where it offers what a story sells, and passes if that is right on any of three terms, not only on ours.

**How to run it.** \`npm ci && npm ci --prefix bench/peers && npm run gauntlet\`; \`-- --reduced\` takes minutes, \`-- --help\` lists the rest. That command wrote this page on ${day}; nobody edits it.`
}

function totals(results: GauntletResults): string {
  const { core, service, stories } = results
  const { wrongFinal, unsafe, faults, undecided, unlisted } = verdictOf(results)
  const sum = (numbers: readonly number[]) => whole(count(numbers))
  const exhaustive = core.filter(({ isExhaustive }) => isExhaustive).length
  return [
    '## Totals',
    table(
      ['', 'core', 'service'],
      [
        ['stories', whole(stories.length), whole(service.length)],
        ['orders', sum(core.map(({ orders }) => orders)), sum(service.map(({ orders }) => orders))],
        [
          'deliveries',
          sum(core.map(({ deliveries }) => deliveries)),
          sum(service.map(({ deliveries }) => deliveries)),
        ],
        [
          'verdicts on the way, each held against the witness',
          sum(core.map(({ evaluations }) => evaluations)),
          sum(service.map(({ passes }) => passes)),
        ],
        [
          'final answers, each held against the oracle',
          sum(core.map(({ finals }) => finals)),
          sum(service.map(({ finals }) => finals)),
        ],
        [
          '**wrong final**',
          `**${sum(core.map((result) => result.wrongFinal.length))}**`,
          `**${sum(service.map((result) => result.wrongFinal.length))}**`,
        ],
        [
          '**unsafe grants**',
          `**${sum(core.map((result) => result.unsafe.length))}**`,
          `**${sum(service.map((result) => result.unsafe.length))}**`,
        ],
        [
          'stories undecided without a read',
          sum(core.map((result) => Math.min(1, result.undecided.length))),
          sum(service.map((result) => Math.min(1, result.undecided.length))),
        ],
      ],
    ),
    `Over all, the contest below and the captured sequences included: ${wrongFinal} wrong final, ${unsafe} unsafe, ${faults} faults, ${undecided.length + unlisted.length} stories undecided without a read (${unlisted.length} of them not listed in SPEC.md).`,
    `Deliveries come shuffled (in ${exhaustive} stories the core was given every order of what tells something), three in ten twice, one in ten as two Event objects, in payloads of API versions before and after basil mixed, with holes that are filled later. The service settles two to five times on the way, with its clock moved on between; after each order \`verify\` must be clean, \`rebuild\` must change nothing, and \`verify\` must be clean again (${faults} faults).`,
    '- *Wrong final*: all has arrived, and what is answered (allowed, and how many seats) is not what the oracle says, reads included.',
    '- *Unsafe grant*: access that nothing of what had arrived by then vouches for.',
    '- *Undecided without a read*: not as the oracle says, the decision names what it must ask Stripe, and is right once that is read.',
  ].join('\n\n')
}

function undecidedPart(results: GauntletResults): string {
  const { undecided, unlisted } = verdictOf(results)
  const numbers = new Map(results.stories.map(({ name, number }) => [name, number]))
  const listOf = (names: readonly string[]) =>
    names.map((name) => `- ${String(numbers.get(name) ?? '')} (row ${name})`).join('\n')
  return [
    '## Undecided without a read',
    undecided.length === 0
      ? 'None.'
      : `In these stories no event says what must be known, in some order or in any; the service reads it (SPEC.md, "Known gaps": rows ${Object.keys(ROWS_TO_READ).join(', ')}).\n\n${listOf(undecided)}`,
    ...(unlisted.length === 0
      ? []
      : [
          `**Failed**: these are undecided too, and SPEC.md does not list it.\n\n${listOf(unlisted)}`,
        ]),
  ].join('\n\n')
}

function capturedPart({ captured }: GauntletResults): string {
  if (captured === null) {
    return '## Published events\n\nThe folder of published events was not there (`PROVISO_EVENTS_DIR`).'
  }
  const deliveries = count(captured.map((sequence) => sequence.deliveries))
  const differing = captured.filter(({ isSameInAllOrders }) => !isSameInAllOrders).length
  const unsafe = count(captured.map((sequence) => sequence.unsafe))
  return `## Published events

${captured.length} sequences that others have captured from real accounts (2014–2025), ${whole(deliveries)} deliveries in random order with repeats: ${differing} sequences end differently in different orders, ${unsafe} times was access given before money, a trial or an entitlement was told of.`
}

function replayPart({ seed }: GauntletResults): string {
  return `## Replay

The seed of this run is \`${seed}\`; the same seed gives the same stories, orders and mishaps (\`npm run gauntlet -- --seed ${seed}\`). Each finding prints the command that meets it again. A story alone: \`npm run gauntlet -- --stories 'part of its name'\`. In the live contest ${String(LIVE_CHAOS.duplicate * 100)} % of deliveries come twice, ${String(LIVE_CHAOS.drop * 100)} % are lost at first and sent again hours later, ${String(LIVE_CHAOS.double * 100)} % of changes make two Event objects, and each comes up to ${String(LIVE_CHAOS.delay / 60)} minutes late.`
}
