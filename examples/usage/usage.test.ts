import { expect, test } from 'vitest'
import { play } from './play.ts'

test('what is sold by use is provisioned, counted, limited and billed, and credits are spent', async () => {
  const said: string[] = []

  await play((line) => said.push(line))

  expect(said).toEqual([
    'ada got api_calls',
    'request 1: 200 here you are (999 left)',
    'tried again: 200 here you are (999 left)',
    'request 2: 200 here you are (0 left)',
    expect.stringMatching(/^request 3: 429 The limit of api_calls is reached: 0 of 1000 left/),
    expect.stringMatching(/^question: 402 ada has too few credits of ai_tokens/),
    expect.stringMatching(/80 % .* all that is included .* ada got ai_tokens$/),
    'question: 200 An answer to "Why?" (4920 left)',
    '4920 tokens left: granted 5000, spent -80',
    'invoice: 1000 calls, 1000 cents, paid',
    'request 4: 200 here you are (999 left)',
  ])
})
