import { STORIES } from '../stories/index.ts'
import { oracle } from '../oracle/index.ts'
import { nameOf, runCore } from './run-core.ts'

/** Meets a finding again: `PROVISO_STORY`, `PROVISO_SEED` and, for one arrival, `PROVISO_ORDER`. */
const { PROVISO_STORY = '', PROVISO_SEED = 'gauntlet', PROVISO_ORDER } = process.env

for (const story of STORIES.filter((each) => nameOf(each).includes(PROVISO_STORY))) {
  const result = await runCore(story, {
    orders: 20,
    seed: PROVISO_SEED,
    oracle,
    ...(PROVISO_ORDER === undefined ? {} : { only: Number(PROVISO_ORDER) }),
  })
  console.log(JSON.stringify(result, null, 2))
}
