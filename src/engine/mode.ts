import type { Database } from '../store/database.ts'
import { readFirstLivemode } from '../store/statements/pending.ts'

/**
 * The mode that reads answer for. Unless it is set, the first event ever stored decides, and for
 * good: a live endpoint of a Connect platform is sent test events too (stripe-facts row 94), and
 * those must never answer for live customers.
 */
export function createModeFinder(database: Database, configured: boolean | null) {
  let known = configured
  return async (): Promise<boolean> => {
    known ??= await readFirstLivemode(database)
    return known ?? false
  }
}
