import type { Command } from 'commander'
import { readCatalogFile } from '../../config/catalog-file.ts'
import { describeConfig } from '../../config/describe-config.ts'
import { readServiceConfig } from '../../config/service-config.ts'
import type { ServiceConfig, ServiceFlags } from '../../config/service-config.ts'
import { createLog } from '../../log.ts'
import type { Output } from '../output.ts'
import { describeCommand, runCommand } from '../run-command.ts'
import type { CommonOptions } from '../run-command.ts'
import { withServiceOptions } from '../service-options.ts'
import { startService } from '../service.ts'
import type { Service } from '../service.ts'
import { aborted, onInterrupt } from '../shutdown.ts'

export function serveCommand(): Command {
  const command = describeCommand(
    'serve',
    'run the service',
    'STRIPE_WEBHOOK_SECRET=whsec_… PROVISO_API_KEY=… \\\n  proviso serve --catalog catalog.ts --database postgres://localhost/app',
  )
  return withServiceOptions(command).action((options: CommonOptions & ServiceFlags) =>
    runCommand(options, async ({ output, environment }) => {
      const config = readServiceConfig('serve', options, environment)
      const catalog = await readCatalogFile(config.catalogFile ?? '')
      const log = createLog({ level: config.logLevel })
      log.info(describeConfig(config), 'starting')
      const interrupt = onInterrupt()
      try {
        const service = await startService({
          config,
          catalog,
          webhookSecrets: config.webhookSecrets,
          allowUnauthenticated: false,
          waitsForDatabase: true,
          log,
        })
        announce(service, config, output)
        await aborted(interrupt.signal)
        log.info({}, 'stopping')
        await service.stop()
      } finally {
        interrupt.release()
      }
    }),
  )
}

/** The one line a program waits for: it carries the real port. */
export function announce(service: Service, config: ServiceConfig, output: Output): void {
  const { url, port, isReady } = service
  output.emit({ event: 'listening', url, host: config.host, port, ready: isReady })
  if (isReady) output.say(`Serving on ${output.paint.accent(url)}`)
  else output.say(`Listening on ${url}, not ready: the database does not answer yet.`)
}
