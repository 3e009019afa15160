import { expect, test } from 'vitest'
import { createSandbox } from '../../src/sandbox/index.ts'
import { call, ok } from './support/call.ts'

const NOW = '2026-01-31T00:00:00Z'

test('a call without a key is 401, and so is one with a live key, which is never printed', async () => {
  const sandbox = await createSandbox({ now: NOW })
  for (const authorization of [
    '',
    'Bearer ',
    'Bearer sk_live_51secretsecret',
    'Bearer nonsense-key-here',
  ]) {
    const answer = await call(sandbox, 'GET', '/v1/products', {}, { headers: { authorization } })
    expect(answer.status).toBe(401)
    expect(answer.body.error.type).toBe('invalid_request_error')
    expect(JSON.stringify(answer.body)).not.toContain('secretsecret')
  }
})

test('a key in Basic authentication is taken as in Bearer', async () => {
  const sandbox = await createSandbox({ now: NOW })
  const authorization = `Basic ${Buffer.from('sk_test_localsandbox1:').toString('base64')}`
  const answer = await call(sandbox, 'GET', '/v1/products', {}, { headers: { authorization } })
  expect(answer.status).toBe(200)
})

test('an unknown route is a loud 404 in the shape of a Stripe error', async () => {
  const sandbox = await createSandbox({ now: NOW })
  const { status, body } = await call(sandbox, 'POST', '/v1/teapots')
  expect(status).toBe(404)
  expect(body.error).toMatchObject({
    type: 'invalid_request_error',
    message: expect.stringContaining('Unrecognized request URL (POST: /v1/teapots)') as string,
  })
})

test.each([
  ['an unknown parameter', { name: 'x', colour: 'red' }, 'parameter_unknown', 'colour'],
  [
    'a nested unknown one',
    { name: 'x', marketing_features: [{ name: 'a', size: 1 }] },
    'parameter_unknown',
    'marketing_features[0][size]',
  ],
  ['a missing one', { active: 'true' }, 'parameter_missing', 'name'],
  ['an empty one', { name: '' }, 'parameter_invalid_empty', 'name'],
  ['a boolean that is none', { name: 'x', active: 'perhaps' }, undefined, 'active'],
])('%s is refused with its code and name', async (_, params, code, param) => {
  const sandbox = await createSandbox({ now: NOW })
  const { status, body } = await call(sandbox, 'POST', '/v1/products', params)
  expect(status).toBe(400)
  expect(body.error).toMatchObject({ type: 'invalid_request_error', param })
  expect(body.error.code).toBe(code)
})

test.each([
  'name=Pro&metadata[a]=1&images[]=https://a.test/1.png&images[]=https://a.test/2.png',
  'name=Pro&metadata%5Ba%5D=1&images%5B0%5D=https://a.test/1.png&images%5B1%5D=https://a.test/2.png',
  'images[1]=https://a.test/2.png&images[0]=https://a.test/1.png&metadata[a]=1&name=Pro',
])('every spelling of brackets says the same: %s', async (body) => {
  const sandbox = await createSandbox({ now: NOW })
  const response = await sandbox.fetch(
    new Request('http://sandbox.invalid/v1/products', {
      method: 'POST',
      headers: { authorization: 'Bearer sk_test_localsandbox1' },
      body,
    }),
  )
  expect(await response.json()).toMatchObject({
    name: 'Pro',
    metadata: { a: '1' },
    images: ['https://a.test/1.png', 'https://a.test/2.png'],
  })
})

test('the same idempotency key gives the same answer and does the work once', async () => {
  const sandbox = await createSandbox({ now: NOW })
  const headers = { 'idempotency-key': 'key-1' }
  const first = await call(sandbox, 'POST', '/v1/products', { name: 'Pro' }, { headers })
  const second = await call(sandbox, 'POST', '/v1/products', { name: 'Pro' }, { headers })
  expect(second.body).toEqual(first.body)
  expect(second.headers.get('idempotent-replayed')).toBe('true')
  expect(sandbox.events('product.created')).toHaveLength(1)
})

test('an idempotency key with other parameters is an idempotency_error', async () => {
  const sandbox = await createSandbox({ now: NOW })
  const headers = { 'idempotency-key': 'key-1' }
  await call(sandbox, 'POST', '/v1/products', { name: 'Pro' }, { headers })
  const { status, body } = await call(
    sandbox,
    'POST',
    '/v1/products',
    { name: 'Basic' },
    { headers },
  )
  expect(status).toBe(400)
  expect(body.error.type).toBe('idempotency_error')
})

test('a call refused for its parameters leaves its idempotency key free', async () => {
  const sandbox = await createSandbox({ now: NOW })
  const headers = { 'idempotency-key': 'key-1' }
  await call(sandbox, 'POST', '/v1/products', { nme: 'Pro' }, { headers })
  const { status } = await call(sandbox, 'POST', '/v1/products', { name: 'Pro' }, { headers })
  expect(status).toBe(200)
})

test('pages go from new to old, forward and back, and end', async () => {
  const sandbox = await createSandbox({ now: NOW })
  const ids: string[] = []
  for (let at = 0; at < 5; at += 1) {
    ids.unshift((await ok(sandbox, 'POST', '/v1/products', { name: `P${at}` })).id as string)
  }
  const idsOf = (page: { data: { id: string }[] }) => page.data.map(({ id }) => id)
  const first = await ok(sandbox, 'GET', '/v1/products', { limit: 2 })
  expect([idsOf(first), first.has_more]).toEqual([ids.slice(0, 2), true])
  const last = await ok(sandbox, 'GET', '/v1/products', { limit: 3, starting_after: ids[1] })
  expect([idsOf(last), last.has_more]).toEqual([ids.slice(2), false])
  const back = await ok(sandbox, 'GET', '/v1/products', { limit: 2, ending_before: ids[4] })
  expect([idsOf(back), back.has_more]).toEqual([ids.slice(2, 4), true])
  const refused = await call(sandbox, 'GET', '/v1/products', { starting_after: 'prod_none' })
  expect(refused.body.error).toMatchObject({ code: 'resource_missing', param: 'starting_after' })
})

test.each([0, 101, 'many'])('a limit of %s is refused', async (limit) => {
  const sandbox = await createSandbox({ now: NOW })
  expect((await call(sandbox, 'GET', '/v1/products', { limit })).status).toBe(400)
})

test('a version that does not exist is refused, and the one asked for is echoed', async () => {
  const sandbox = await createSandbox({ now: NOW })
  const wrong = await call(sandbox, 'GET', '/v1/products', {}, { version: '2031-01-01.future' })
  expect(wrong.status).toBe(400)
  const right = await call(sandbox, 'GET', '/v1/products', {}, { version: '2024-06-20' })
  expect(right.headers.get('stripe-version')).toBe('2024-06-20')
})

test('same seed and same calls give the same world, another seed other ids', async () => {
  const run = async (seed: number) => {
    const sandbox = await createSandbox({ seed, now: NOW })
    const product = await ok(sandbox, 'POST', '/v1/products', { name: 'Pro' })
    await ok(sandbox, 'POST', `/v1/products/${product.id}`, { name: 'Pro 2' })
    return sandbox.events()
  }
  expect(await run(7)).toEqual(await run(7))
  expect((await run(8))[0]?.id).not.toBe((await run(7))[0]?.id)
})

test('an update tells the old values of what changed, and only where something did', async () => {
  const sandbox = await createSandbox({ now: NOW })
  const { id } = await ok(sandbox, 'POST', '/v1/products', { name: 'Pro', metadata: { a: '1' } })
  await ok(sandbox, 'POST', `/v1/products/${id}`, { name: 'Pro', metadata: { a: '1' } })
  expect(sandbox.events('product.updated')).toHaveLength(0)
  await ok(sandbox, 'POST', `/v1/products/${id}`, { name: 'Max', metadata: { a: '', b: '2' } })
  expect(sandbox.events('product.updated')[0]?.data).toMatchObject({
    object: { name: 'Max', metadata: { b: '2' } },
    previous_attributes: { name: 'Pro', metadata: { a: '1', b: null } },
  })
})
