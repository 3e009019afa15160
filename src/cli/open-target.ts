import type { DatabaseSettings } from '../config/database-settings.ts'
import type { Database } from '../store/database.ts'
import { openEmbedded } from '../store/embedded.ts'
import type { EmbeddedStep } from '../store/embedded.ts'
import { openDatabase } from '../store/open.ts'

/** Opens the database that the settings name, starting the embedded one where it is not running. */
export function openTarget(
  settings: Pick<DatabaseSettings, 'target' | 'schema'>,
  onProgress?: (step: EmbeddedStep) => void,
): Promise<Database> {
  const { target, schema } = settings
  if (target.kind === 'url') return openDatabase({ database: target.url, schema })
  return openEmbedded({
    dataDir: target.directory,
    schema,
    ...(onProgress === undefined ? {} : { onProgress }),
  })
}
