import { describe, expect, test } from 'vitest'
import { describeConfig } from './describe-config.ts'
import { readEnvironment } from './environment.ts'
import { readServiceConfig } from './service-config.ts'
import { isProvisoError } from '../errors.ts'

const complete = {
  STRIPE_WEBHOOK_SECRET: 'whsec_one, whsec_two',
  PROVISO_API_KEY: 'key_one,key_two',
  DATABASE_URL: 'postgres://app:hunter2@db.internal:5432/app',
}

function problemsOf(read: () => unknown): Record<string, string> {
  try {
    read()
  } catch (error) {
    if (!isProvisoError(error)) throw error
    expect(error.code).toBe('config_invalid')
    const problems = error.details?.['problems'] as { setting: string; message: string }[]
    for (const { setting } of problems) expect(error.message).toContain(setting)
    return Object.fromEntries(problems.map(({ setting, message }) => [setting, message]))
  }
  throw new Error('expected a config_invalid error')
}

describe('the configuration of serve', () => {
  test('reads lists, defaults and the database from the environment', () => {
    const config = readServiceConfig('serve', { catalog: 'catalog.json' }, complete)

    expect(config).toMatchObject({
      port: 4400,
      host: '127.0.0.1',
      webhookSecrets: ['whsec_one', 'whsec_two'],
      apiKeys: ['key_one', 'key_two'],
      target: { kind: 'url', url: complete.DATABASE_URL },
      schema: 'proviso',
      livemode: null,
      logLevel: 'info',
    })
  })

  test('puts flags before the environment', () => {
    const config = readServiceConfig(
      'serve',
      { catalog: 'a.json', port: '0', database: 'postgres://localhost/other', logLevel: 'debug' },
      { ...complete, PROVISO_PORT: '1', PROVISO_CATALOG: 'b.json' },
    )

    expect(config).toMatchObject({
      port: 0,
      catalogFile: 'a.json',
      target: { url: 'postgres://localhost/other' },
      logLevel: 'debug',
    })
  })

  test('falls back to an embedded database in the data folder', () => {
    const withoutDatabase = { ...complete, DATABASE_URL: ' ' }

    const config = readServiceConfig(
      'serve',
      { catalog: 'a.json', data: '/tmp/x' },
      readEnvironment(withoutDatabase),
    )

    expect(config.target).toEqual({ kind: 'embedded', directory: '/tmp/x' })
  })

  test('tells everything that is missing at once', () => {
    const problems = problemsOf(() => readServiceConfig('serve', {}, {}))

    expect(Object.keys(problems).sort()).toEqual([
      '--catalog',
      'PROVISO_API_KEY',
      'STRIPE_WEBHOOK_SECRET',
    ])
  })

  test('tells everything that is wrong at once, and never repeats a secret', () => {
    const problems = problemsOf(() =>
      readServiceConfig(
        'serve',
        {
          port: '99999',
          mode: 'prod',
          logLevel: 'loud',
          schema: 'My Schema',
          database: 'mysql://u:hunter2@x',
        },
        {
          STRIPE_WEBHOOK_SECRET: 'sk_live_hunter2',
          STRIPE_API_KEY: 'hunter2',
          PROVISO_API_KEY: 'a b',
        },
      ),
    )

    expect(Object.keys(problems).sort()).toEqual(
      [
        '--catalog',
        '--database',
        '--log-level',
        '--mode',
        '--port',
        '--schema',
        'PROVISO_API_KEY',
        'STRIPE_API_KEY',
        'STRIPE_WEBHOOK_SECRET',
      ].sort(),
    )
    expect(JSON.stringify(problems)).not.toContain('hunter2')
  })

  test.each([
    ['sk_live_abc', true],
    ['rk_test_abc', false],
  ])('takes the mode from the key %s', (key, livemode) => {
    const config = readServiceConfig(
      'serve',
      { catalog: 'a' },
      { ...complete, STRIPE_API_KEY: key },
    )

    expect(config.livemode).toBe(livemode)
  })

  test('refuses a mode that the key contradicts', () => {
    const problems = problemsOf(() =>
      readServiceConfig(
        'serve',
        { catalog: 'a', mode: 'test' },
        { ...complete, STRIPE_API_KEY: 'sk_live_abc' },
      ),
    )

    expect(problems['--mode']).toContain('live key')
  })
})

describe('how usage is reported', () => {
  const read = (flags: object, environment: object = {}) =>
    readServiceConfig('serve', { catalog: 'a', ...flags }, { ...complete, ...environment })

  test('is one by one unless told', () => {
    expect(read({ reportUsage: true })).toMatchObject({ reportUsage: true, meterEvents: 'v1' })
  })

  test.each([
    [{ reportUsage: false }, {}],
    [{ reportUsage: true }, { PROVISO_REPORT_USAGE: 'false' }],
    [{ reportUsage: false }, { PROVISO_REPORT_USAGE: 'true' }],
  ])('is not at all with %j and %j', (flags, environment) => {
    expect(read(flags, environment)).toMatchObject({ reportUsage: false })
  })

  test('is by the stream where a flag or the environment says so', () => {
    expect(read({ meterEvents: 'v2Stream' })).toMatchObject({ meterEvents: 'v2Stream' })
    expect(read({}, { PROVISO_METER_EVENTS: 'v2Stream' })).toMatchObject({
      meterEvents: 'v2Stream',
    })
  })

  test('is told as it is, and as off where there is no key', () => {
    const key = { STRIPE_API_KEY: 'sk_test_1' }

    expect(describeConfig(read({}, key))).toMatchObject({ reportUsage: 'v1' })
    expect(describeConfig(read({ reportUsage: false }, key))).toMatchObject({
      reportUsage: '(off)',
    })
    expect(describeConfig(read({}))).toMatchObject({ reportUsage: '(off)' })
  })

  test('is refused in words that are none of these', () => {
    const problems = problemsOf(() => read({ meterEvents: 'v3' }, { PROVISO_REPORT_USAGE: 'no' }))

    expect(problems).toEqual({
      '--meter-events': 'must be v1 or v2Stream',
      PROVISO_REPORT_USAGE: 'must be true or false',
    })
  })
})

describe('where changes are posted', () => {
  test('needs a secret to sign by', () => {
    const problems = problemsOf(() =>
      readServiceConfig('serve', { catalog: 'a', changesTo: 'ftp://x' }, complete),
    )

    expect(Object.keys(problems).sort()).toEqual(['--changes-to', 'PROVISO_CHANGES_SECRET'])
  })

  test('is read with its secrets', () => {
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
    const config = readServiceConfig(
      'serve',
      { catalog: 'a' },
      { ...complete, PROVISO_CHANGES_URL: 'https://app.example/h', PROVISO_CHANGES_SECRET: secret },
    )

    expect(config.outgoing).toEqual({ url: 'https://app.example/h', secrets: [secret] })
    expect(JSON.stringify(describeConfig(config))).not.toContain(secret)
  })
})

describe('the configuration of dev', () => {
  test('needs nothing', () => {
    expect(readServiceConfig('dev', {}, {})).toMatchObject({
      catalogFile: null,
      webhookSecrets: [],
      apiKeys: [],
      target: { kind: 'embedded' },
    })
  })

  test('needs a key where it is bound to more than this machine', () => {
    const problems = problemsOf(() => readServiceConfig('dev', { host: '0.0.0.0' }, {}))

    expect(Object.keys(problems)).toEqual(['PROVISO_API_KEY'])
  })
})

describe('the environment', () => {
  test('counts an empty variable as absent and sees no other than its own', () => {
    expect(readEnvironment({ DATABASE_URL: ' ', PROVISO_PORT: '1', HOME: '/root' })).toEqual({
      PROVISO_PORT: '1',
    })
  })
})

describe('a printed configuration', () => {
  test('hides every secret', () => {
    const config = readServiceConfig(
      'serve',
      { catalog: 'catalog.json' },
      { ...complete, STRIPE_API_KEY: 'sk_live_secretsecret' },
    )

    const printed = JSON.stringify(describeConfig(config))

    for (const secret of [
      'hunter2',
      'whsec_one',
      'whsec_two',
      'key_one',
      'key_two',
      'secretsecret',
    ]) {
      expect(printed).not.toContain(secret)
    }
    expect(printed).toContain('app:***@db.internal:5432/app')
  })
})
