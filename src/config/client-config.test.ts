import { describe, expect, test } from 'vitest'
import { readClientConfig } from './client-config.ts'

describe('where a command looks', () => {
  test('is the service of --url, with the first of the keys', () => {
    const config = readClientConfig(
      { url: 'http://127.0.0.1:4400/' },
      { PROVISO_API_KEY: 'key_one,key_two', DATABASE_URL: 'postgres://x/y' },
    )

    expect(config).toEqual({ kind: 'service', url: 'http://127.0.0.1:4400', apiKey: 'key_one' })
  })

  test('is a database that is named, even where PROVISO_URL is set', () => {
    const config = readClientConfig(
      { database: 'postgres://x/y', catalog: 'c.json' },
      { PROVISO_URL: 'http://127.0.0.1:4400' },
    )

    expect(config).toMatchObject({ kind: 'database', settings: { target: { kind: 'url' } } })
  })

  test('is the embedded database when nothing is named', () => {
    const config = readClientConfig({}, {})

    expect(config).toMatchObject({
      kind: 'database',
      catalogFile: null,
      settings: { target: { kind: 'embedded', directory: expect.stringMatching(/\.proviso$/) } },
    })
  })

  test('needs a catalog for a database of one’s own', () => {
    expect(() => readClientConfig({}, { DATABASE_URL: 'postgres://x/y' })).toThrow('--catalog')
  })

  test('must be an address', () => {
    expect(() => readClientConfig({ url: 'localhost:4400' }, {})).toThrow('--url')
  })
})
