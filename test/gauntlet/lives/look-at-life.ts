import type { Life } from './life.ts'
import type { Mismatch } from './mismatch.ts'
import { playLife, type Line, type Told } from './play-life.ts'

/** What a look at one life found. */
export interface Look {
  readonly lines: readonly Line[]
  /** Unix seconds at which it was over. */
  readonly end: number
  readonly events: number
  /** Seconds at which everyone's access was compared. */
  readonly looks: number
  readonly mismatches: readonly Mismatch[]
}

/** The mismatches of one second after another. */
export type Judge = (
  told: Told,
) => Iterable<readonly Mismatch[]> | AsyncIterable<readonly Mismatch[]>

/**
 * Plays a life and judges it. What should not be thrown is a mismatch of its own. `until`: enough was
 * seen once this is.
 */
export async function lookAtLife(
  life: Life,
  judge: Judge,
  until?: (mismatch: Mismatch) => boolean,
): Promise<Look> {
  let told: Told | undefined
  try {
    told = await playLife(life)
    let looks = 0
    const mismatches: Mismatch[] = []
    for await (const found of judge(told)) {
      looks += 1
      mismatches.push(...found)
      if (until !== undefined && found.some(until)) break
    }
    const events = told.sandbox.events().length
    return { lines: told.lines, end: told.end, events, looks, mismatches }
  } catch (error) {
    return {
      lines: told?.lines ?? [],
      end: told?.end ?? 0,
      events: told?.sandbox.events().length ?? 0,
      looks: 0,
      mismatches: [crash(error)],
    }
  } finally {
    await told?.close()
  }
}

function crash(error: unknown): Mismatch {
  const { message, stack } = error instanceof Error ? error : new Error(String(error))
  return {
    kind: 'crash',
    at: 0,
    customer: '',
    feature: '',
    expected: 'a life that can be played and judged',
    got: stack ?? message,
    signature: `crash ${message.replace(/\b[a-z]+_\w{6,}/gu, 'id').slice(0, 100)}`,
    needs: [],
  }
}
