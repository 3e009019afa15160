import { resolve } from 'node:path'
import type { Command } from 'commander'
import { readCatalogFile } from '../../config/catalog-file.ts'
import { describeTarget } from '../../config/describe-config.ts'
import { readServiceConfig } from '../../config/service-config.ts'
import type { ServiceConfig, ServiceFlags } from '../../config/service-config.ts'
import { WEBHOOK_PATH } from '../../http/webhook-path.ts'
import { createLog } from '../../log.ts'
import type { EmbeddedStep } from '../../store/embedded.ts'
import { newStoryId, newWebhookSecret, readDevHome, writeDevHome } from '../dev-home.ts'
import type { DevHome } from '../dev-home.ts'
import { moment } from '../moment.ts'
import type { Output } from '../output.ts'
import { describeCommand, runCommand } from '../run-command.ts'
import type { CommonOptions } from '../run-command.ts'
import { sampleCatalog } from '../sample/catalog.ts'
import { sampleStory, STORY_CUSTOMER } from '../sample/story.ts'
import { createServiceClient } from '../service-client.ts'
import { withServiceOptions } from '../service-options.ts'
import { startService } from '../service.ts'
import type { Service } from '../service.ts'
import { aborted, onInterrupt } from '../shutdown.ts'
import { playStory } from '../story-player.ts'
import { announce } from './serve.ts'

interface DevOptions extends CommonOptions, ServiceFlags {
  story: boolean
}

export function devCommand(): Command {
  const command = describeCommand(
    'dev',
    'try it here: a database of its own, the service, a sample catalog and one short story',
    'proviso dev\nproviso dev --port 4401 --catalog catalog.ts --no-story',
  ).option('--no-story', 'do not play the sample story')
  return withServiceOptions(command).action((options: DevOptions) =>
    runCommand(options, async ({ output, environment }) => {
      const config = readServiceConfig(
        'dev',
        // Sentences at a terminal say what happens; the log adds what goes wrong.
        { ...options, logLevel: options.logLevel ?? environment.PROVISO_LOG_LEVEL ?? 'warn' },
        environment,
      )
      const catalog =
        config.catalogFile === null ? sampleCatalog : await readCatalogFile(config.catalogFile)
      const kept = await readDevHome(config.dataDirectory)
      const home = {
        webhookSecret: kept?.webhookSecret ?? newWebhookSecret(),
        story: kept?.story ?? null,
        catalogFile: config.catalogFile === null ? null : resolve(config.catalogFile),
        sandboxUrl: null,
      }
      const interrupt = onInterrupt()
      try {
        output.say(`${output.paint.bold('Proviso')}  ${describeTarget(config.target)}`)
        const service = await startService({
          config,
          catalog,
          // Its own secret stays good beside a real one, so that the story can always be played.
          webhookSecrets: [...config.webhookSecrets, home.webhookSecret],
          allowUnauthenticated: config.apiKeys.length === 0,
          waitsForDatabase: false,
          log: createLog({ level: config.logLevel }),
          onProgress: (step) => output.say(output.paint.dim(`  ${STEPS[step]}`)),
        })
        try {
          announce(service, config, output)
          await writeDevHome(config.dataDirectory, { ...home, url: service.url })
          const tellsStory =
            options.story && config.catalogFile === null && config.livemode !== true
          if (tellsStory) await playOnce(service, config, home, output)
          suggest(service, config, output)
          output.emit({ event: 'ready', url: service.url })
          await aborted(interrupt.signal)
          output.say('\nStopping …')
        } finally {
          await service.stop()
        }
      } finally {
        interrupt.release()
      }
    }),
  )
}

const STEPS: Record<EmbeddedStep, string> = {
  creating: 'creating an embedded PostgreSQL …',
  starting: 'starting PostgreSQL …',
  waiting: 'another process is using this folder; joining its PostgreSQL …',
  ready: 'PostgreSQL is up',
}

/** A story that the database holds already is not played again: its events would change nothing. */
async function playOnce(
  service: Service,
  config: ServiceConfig,
  home: Omit<DevHome, 'url'>,
  output: Output,
): Promise<void> {
  const engine = await service.proviso.engine()
  if (home.story !== null) {
    const events = sampleStory(home.story.id, home.story.startedAt).flatMap((act) => act.events)
    const held = await Promise.all(events.map((event) => engine.event(event.id)))
    if (held.every((event) => event !== null)) {
      output.emit({ event: 'story_held', story: home.story.id })
      return output.say(
        `\nThe sample story was played here at ${moment(home.story.startedAt)} and its events are still held; not played again.`,
      )
    }
  }
  const story = { id: newStoryId(), startedAt: Math.floor(Date.now() / 1000) - 60 }
  await writeDevHome(config.dataDirectory, { ...home, story, url: service.url })
  await playStory(sampleStory(story.id, story.startedAt), {
    url: service.url,
    secret: home.webhookSecret,
    service: createServiceClient({ url: service.url, apiKey: config.apiKeys[0] ?? null }),
    settled: () => engine.settled(),
    output,
  })
}

function suggest(service: Service, config: ServiceConfig, output: Output): void {
  const { paint } = output
  const key = config.apiKeys.length === 0 ? '' : " -H 'authorization: Bearer <PROVISO_API_KEY>'"
  // The embedded database is found by itself; any other is asked for through this service.
  const at = config.target.kind === 'embedded' ? '' : ` --url ${service.url}`
  output.say(`\n${paint.bold('Try next')} ${paint.dim('(Ctrl-C stops)')}`)
  for (const line of [
    `curl${key} ${service.url}/v1/customers/${STORY_CUSTOMER}/access`,
    `npx proviso explain ${STORY_CUSTOMER} export${at}`,
    `npx proviso grant grace export --note "a friend"${at}`,
    `npx proviso changes --follow${at}`,
    `STRIPE_WEBHOOK_SECRET=whsec_… npx proviso dev   # then: stripe listen --forward-to ${service.url}${WEBHOOK_PATH}`,
  ]) {
    output.say(`  ${line}`)
  }
}
