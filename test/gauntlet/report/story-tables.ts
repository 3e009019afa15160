import { NOT_PLAYED } from '../../sandbox/scenarios/all.ts'
import { isWrong, termsFor, whole } from './figures.ts'
import { count, type GauntletResults, type StoryHead } from './results.ts'
import { table } from './table.ts'

/** Rows of the table of scenarios that the stories stand for. */
const ROWS = 99

/** One line per story: how much of it was run, and who got it wrong. */
export function storyTable(results: GauntletResults): string {
  const { stories, contests } = results
  return table(
    ['story', '', 'rows', 'events', 'core', 'service', 'undecided', 'reads', 'others wrong'],
    stories.map(({ number, title, name, rows }) => {
      const core = results.core.filter((result) => result.name === name)
      const service = results.service.filter((result) => result.name === name)
      const contest = contests.find(({ story }) => story === number)
      const ours = contest?.live.find(({ contestant }) => contestant === 'proviso')
      const isUndecided = [...core, ...service].some(({ undecided }) => undecided.length > 0)
      return [
        String(number),
        title,
        rows.join(', '),
        whole(core[0]?.events ?? service[0]?.events ?? 0),
        whole(count(core.map(({ deliveries }) => deliveries))),
        whole(count(service.map(({ deliveries }) => deliveries))),
        isUndecided ? 'yes' : '',
        ours === undefined ? '' : String(ours.reads),
        contest === undefined ? '' : wrongOnes(contest),
      ]
    }),
    [0, 1, 2, 6, 8],
  )
}

/** Who was wrong in a late order or at the end of the story as it happened, with how many of the runs. */
function wrongOnes({ live, late }: GauntletResults['contests'][number]): string {
  const runs = [...live, ...late]
  const names = [...new Set(runs.map(({ contestant }) => contestant))]
  return names
    .flatMap((name) => {
      const own = runs.filter(({ contestant }) => contestant === name)
      const wrong = own.filter((run) => isWrong(run, termsFor(name))).length
      return wrong === 0 ? [] : [`${name} ${String(wrong)}/${String(own.length)}`]
    })
    .join(', ')
}

/** Each row, and the stories that tell it. */
export function rowTable(stories: readonly StoryHead[]): string {
  const rows = Array.from({ length: ROWS }, (_, index) => index + 1)
  return table(
    ['row', 'stories'],
    rows.map((row) => {
      const telling = stories.filter((story) => story.rows.includes(row))
      const reason = NOT_PLAYED[row]
      return [
        String(row),
        reason === undefined
          ? telling.map(({ number }) => String(number)).join(', ')
          : `not played: ${reason}`,
      ]
    }),
    [0, 1],
  )
}
