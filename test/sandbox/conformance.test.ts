import { afterAll, beforeAll, expect, it } from 'vitest'
import { reportText } from '../../scripts/conformance/report.ts'
import { isConforming, runConformance } from '../../scripts/conformance/run.ts'
import type { ConformanceResult } from '../../scripts/conformance/run.ts'
import { startSandboxProcess } from '../../scripts/conformance/sandbox-process.ts'
import { BILLING_TRIGGERS } from '../../scripts/conformance/triggers.ts'

// The built sandbox, fired at by the official Stripe CLI and judged by the types of the official SDK.
// `npm run conformance:cli` is the same with a progress bar.
let result: ConformanceResult
let close: () => Promise<void>

beforeAll(async () => {
  const sandbox = await startSandboxProcess()
  close = sandbox.close
  result = await runConformance({ url: sandbox.url, alsoCurrent: true })
}, 600_000)

afterAll(() => close?.())

it("every billing trigger of Stripe's CLI brings about its event", () => {
  const failures = result.shots.flatMap(({ trigger, version, failure }) =>
    failure === undefined ? [] : [`${trigger} ${version ?? ''}: ${failure}`],
  )
  expect(failures).toEqual([])
  expect(new Set(result.shots.map(({ trigger }) => trigger)).size).toBe(BILLING_TRIGGERS)
})

it("every answer and every event is as the SDK's types have it", () => {
  const { answersJudged, eventsJudged, ...findings } = result.findings
  expect(findings).toEqual({
    violations: [],
    unknownRoutes: [],
    unknownEventTypes: [],
    otherVersions: 0,
    repeatedIds: [],
  })
  expect(result.drifts).toEqual([])
  // Few answers would mean that the proxy was not asked.
  expect(answersJudged).toBeGreaterThan(2 * BILLING_TRIGGERS)
  expect(eventsJudged).toBeGreaterThan(BILLING_TRIGGERS)
  expect(isConforming(result), reportText(result)).toBe(true)
})
