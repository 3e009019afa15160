import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readCatalogFile } from './catalog-file.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'proviso-catalog-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function file(name: string, content: string): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}

const definition = {
  features: { export: { type: 'flag' } },
  products: { pro: { match: { prices: ['price_1'] }, grants: { export: true } } },
}

describe('a catalog file', () => {
  test.each([
    ['catalog.json', JSON.stringify(definition)],
    ['catalog.mjs', `export default ${JSON.stringify(definition)}`],
    ['catalog.cjs', `module.exports = ${JSON.stringify(definition)}`],
    ['catalog.ts', `const catalog: object = ${JSON.stringify(definition)}\nexport default catalog`],
    ['named.ts', `export const catalog: object = ${JSON.stringify(definition)}`],
  ])('is read from %s', async (name, content) => {
    expect(await readCatalogFile(await file(name, content))).toEqual(definition)
  })

  test('tells every problem at once, under its path', async () => {
    const path = await file(
      'wrong.json',
      JSON.stringify({
        features: { export: { type: 'flag' }, seats: { type: 'quantity' } },
        products: {
          a: { match: { prices: ['price_1'] }, grants: { exprot: true } },
          b: { match: { prices: ['price_1'] }, grants: { seats: -1 } },
        },
      }),
    )

    await expect(readCatalogFile(path)).rejects.toMatchObject({
      code: 'catalog_invalid',
      message: expect.stringMatching(/exprot[\s\S]*price_1|price_1[\s\S]*exprot/),
      details: { problems: expect.arrayContaining([expect.anything()]) },
    })
  })

  test.each([
    ['missing.json', null, 'ENOENT'],
    ['broken.json', '{', 'JSON'],
    ['broken.ts', 'export default {', 'cannot be read'],
  ])('that is unusable (%s) is named in the error', async (name, content, says) => {
    const path = content === null ? join(folder, name) : await file(name, content)

    await expect(readCatalogFile(path)).rejects.toMatchObject({
      code: 'catalog_invalid',
      message: expect.stringContaining(says),
    })
    await expect(readCatalogFile(path)).rejects.toThrow(name)
  })
})
