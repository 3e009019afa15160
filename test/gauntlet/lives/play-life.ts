import { createRequire } from 'node:module'
import type Stripe from 'stripe'
import type { CatalogDefinition } from '../../../src/core/catalog.ts'
import type { Sandbox } from '../../../src/sandbox/index.ts'
import type { Books } from '../books.ts'
import { kindOf } from './kinds/all.ts'
import { LifeStage } from './life-stage.ts'
import type { Life } from './life.ts'
import { catalogOf } from './shop.ts'

const { errors } = createRequire(import.meta.url)('stripe') as typeof Stripe

/** What a step came to. */
export interface Line {
  /** Unix seconds before the step. */
  readonly at: number
  readonly words: string
  /** What it was done to; null: there was nothing it applied to. */
  readonly to: string | null
  /** Stripe's words where it refused. */
  readonly refused: string | null
}

/** A life that was played to its end. */
export interface Told {
  readonly catalog: CatalogDefinition
  readonly books: Books
  readonly sandbox: Sandbox
  readonly lines: readonly Line[]
  /** Unix seconds. */
  readonly start: number
  readonly end: number
  close(): Promise<void>
}

/** Two years, the steps' own waits counted in. */
const LIFETIME = 730 * 86_400
/** However late in life the last step is, what it leads to is seen. */
const AFTERMATH = 45 * 86_400

/** Plays the steps one after the other; those that do not apply, or are refused, do nothing. */
export async function playLife(life: Life): Promise<Told> {
  const stage = await LifeStage.open('life', life.settings, life.identity)
  const start = stage.now()
  const lines: Line[] = []
  for (const step of life.steps) {
    const kind = kindOf(step.do)
    await stage.advance(life.gap)
    const at = stage.now()
    const { to, refused } = await kind.play(stage, step).then(
      (to) => ({ to, refused: null }),
      (error: unknown) => ({ to: null, refused: refusal(error) }),
    )
    lines.push({ at, words: kind.words(step), to, refused })
    if (stage.now() - start > LIFETIME) break
  }
  const left = life.ends === 'late' ? start + LIFETIME - stage.now() : 0
  await stage.advance(Math.max(AFTERMATH, left))
  return {
    catalog: catalogOf(stage.shop, life),
    books: stage.books,
    sandbox: stage.sandbox,
    lines,
    start,
    end: stage.now(),
    close: () => stage.sandbox.close(),
  }
}

/** What Stripe would have answered; anything else is a fault, and ends the life. */
function refusal(error: unknown): string {
  if (error instanceof errors.StripeError && (error.statusCode ?? 500) < 500) return error.message
  // `sandbox.pay` tells so that a payment at Checkout was declined, or waits for its challenge.
  if (error instanceof Error && error.message.startsWith('The payment of ')) return error.message
  throw error
}
