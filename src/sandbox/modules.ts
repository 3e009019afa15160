import type { Module } from './module.ts'
import { products } from './resources/products/index.ts'
import { testClocks } from './resources/test-clocks/index.ts'
import { webhookEndpoints } from './resources/webhook-endpoints/index.ts'

/** Everything the sandbox answers. Reactions run in this order. */
export const MODULES: readonly Module[] = [products, testClocks, webhookEndpoints]
