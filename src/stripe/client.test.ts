import { expect, test } from 'vitest'
import { openStripeClient } from './client.ts'

test('says which package to install where the SDK is absent', async () => {
  const absent = Object.assign(new Error("Cannot find package 'stripe'"), {
    code: 'ERR_MODULE_NOT_FOUND',
  })

  await expect(
    openStripeClient({ apiKey: 'sk_test_1' }, () => Promise.reject(absent)),
  ).rejects.toMatchObject({
    code: 'stripe_missing',
    message: expect.stringContaining('npm install stripe') as string,
  })
})

test('does not hide another failure to load it', async () => {
  const broken = new SyntaxError('unexpected token')

  await expect(
    openStripeClient({ apiKey: 'sk_test_1' }, () => Promise.reject(broken)),
  ).rejects.toBe(broken)
})
