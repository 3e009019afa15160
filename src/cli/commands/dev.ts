import { resolve } from 'node:path'
import type { Command } from 'commander'
import { readCatalogFile } from '../../config/catalog-file.ts'
import { describeTarget } from '../../config/describe-config.ts'
import { readServiceConfig } from '../../config/service-config.ts'
import type { ServiceConfig, ServiceFlags } from '../../config/service-config.ts'
import { WEBHOOK_PATH } from '../../http/webhook-path.ts'
import { ProvisoError } from '../../errors.ts'
import { createLog } from '../../log.ts'
import type { EmbeddedStep } from '../../store/embedded.ts'
import { newWebhookSecret, readDevHome, writeDevHome } from '../dev-home.ts'
import type { DevHome } from '../dev-home.ts'
import { moment } from '../moment.ts'
import { wholeNumber } from '../option-values.ts'
import type { Output } from '../output.ts'
import { describeCommand, runCommand } from '../run-command.ts'
import type { CommonOptions } from '../run-command.ts'
import { SANDBOX_KEY } from '../../sandbox/index.ts'
import { sampleCatalog } from '../sample/catalog.ts'
import { STORY_CUSTOMER } from '../sample/story.ts'
import { DevSandbox } from '../sandbox/dev-sandbox.ts'
import { createServiceClient } from '../service-client.ts'
import { withServiceOptions } from '../service-options.ts'
import { startService } from '../service.ts'
import type { Service } from '../service.ts'
import { aborted, onInterrupt } from '../shutdown.ts'
import { playStory } from '../story-player.ts'
import { announce } from './serve.ts'

interface DevOptions extends CommonOptions, ServiceFlags {
  story: boolean
  stripe?: true
  sandboxPort?: number
}

/** How long the shop's thank-you page waits for the verdict. */
const THANKS_WAIT_SECONDS = 5

export function devCommand(): Command {
  const command = describeCommand(
    'dev',
    'try it here: a database of its own, the service, a Stripe of its own with a sample shop, one short story',
    'proviso dev\nproviso dev --port 4401 --catalog catalog.ts --no-story\nSTRIPE_API_KEY=sk_test_… STRIPE_WEBHOOK_SECRET=whsec_… proviso dev --stripe',
  )
    .option('--no-story', 'do not play the sample story')
    .option('--stripe', 'use Stripe itself, by STRIPE_API_KEY, instead of the sandbox')
    .option(
      '--sandbox-port <n>',
      'port of the sandbox; 0: any free one (default 12111, or any free one)',
      wholeNumber,
    )
  return withServiceOptions(command).action((options: DevOptions) =>
    runCommand(options, async ({ output, environment }) => {
      const wanted = readServiceConfig(
        'dev',
        // Sentences at a terminal say what happens; the log adds what goes wrong.
        { ...options, logLevel: options.logLevel ?? environment.PROVISO_LOG_LEVEL ?? 'warn' },
        environment,
      )
      const usesStripe = options.stripe ?? false
      if (usesStripe && wanted.stripe === null) {
        throw new ProvisoError(
          'config_invalid',
          '--stripe needs STRIPE_API_KEY: a test key, sk_test_…',
        )
      }
      const catalog =
        wanted.catalogFile === null ? sampleCatalog : await readCatalogFile(wanted.catalogFile)
      const kept = await readDevHome(wanted.dataDirectory)
      const home = {
        webhookSecret: kept?.webhookSecret ?? newWebhookSecret(),
        story: kept?.story ?? null,
        catalogFile: wanted.catalogFile === null ? null : resolve(wanted.catalogFile),
      }
      const interrupt = onInterrupt()
      const ahead = usesStripe ? 0 : (kept?.ahead ?? 0)
      const sandbox = usesStripe
        ? null
        : await DevSandbox.start({ port: options.sandboxPort ?? null, ahead })
      const config =
        sandbox === null ? wanted : { ...wanted, stripe: sandbox.connection, livemode: false }
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
          ...(sandbox === null ? {} : { now: () => sandbox.now() }),
        })
        try {
          announce(service, config, output)
          if (sandbox !== null)
            introduce(sandbox, { catalogFile: config.catalogFile, wanted }, output)
          const served = { ...home, url: service.url, sandboxUrl: sandbox?.url ?? null, ahead }
          await writeDevHome(config.dataDirectory, served)
          const tellsStory = options.story && config.catalogFile === null
          // Before its events are delivered by themselves, so that the player can shuffle them.
          if (tellsStory && sandbox !== null) {
            await playOnce(service, config, sandbox, served, output)
          }
          sandbox?.serve({
            url: service.url,
            webhookSecret: home.webhookSecret,
            access: (customer) => service.proviso.access(customer),
            checkoutStatus: async (session) =>
              (await service.proviso.engine()).checkoutStatus(session, THANKS_WAIT_SECONDS),
            async moved(by) {
              const current = (await readDevHome(config.dataDirectory)) ?? served
              await writeDevHome(config.dataDirectory, { ...current, ahead: by })
              await service.proviso.tick()
            },
          })
          suggest(service, config, sandbox, output)
          output.emit({
            event: 'ready',
            url: service.url,
            ...(sandbox === null ? {} : { sandbox: sandbox.url, shop: `${sandbox.url}/shop` }),
          })
          await aborted(interrupt.signal)
          output.say('\nStopping …')
        } finally {
          await service.stop()
        }
      } finally {
        await sandbox?.close()
        interrupt.release()
      }
    }),
  )
}

/** Where Stripe is, and what can be bought there. */
function introduce(
  sandbox: DevSandbox,
  { catalogFile, wanted }: { catalogFile: string | null; wanted: ServiceConfig },
  output: Output,
): void {
  const { paint } = output
  output.say(`A Stripe of your own at ${paint.accent(sandbox.url)} (API key ${SANDBOX_KEY})`)
  if (catalogFile === null) {
    output.say(
      `Sample shop at ${paint.accent(`${sandbox.url}/shop`)}: buy something, no real money`,
    )
  } else {
    output.say(
      paint.dim('The sample shop sells what the sample catalog knows: sell your own by the API.'),
    )
  }
  if (wanted.stripe !== null) {
    output.say(
      paint.warn('STRIPE_API_KEY is set and not used: pass --stripe to use Stripe itself.'),
    )
  }
}

const STEPS: Record<EmbeddedStep, string> = {
  creating: 'creating an embedded PostgreSQL …',
  starting: 'starting PostgreSQL …',
  waiting: 'another process is using this folder; joining its PostgreSQL …',
  ready: 'PostgreSQL is up',
}

/** A story that the database holds already is not played again: one such customer is enough. */
async function playOnce(
  service: Service,
  config: ServiceConfig,
  sandbox: DevSandbox,
  home: DevHome,
  output: Output,
): Promise<void> {
  const engine = await service.proviso.engine()
  if (home.story !== null && (await engine.event(home.story.lastEvent)) !== null) {
    output.emit({ event: 'story_held', lastEvent: home.story.lastEvent })
    return output.say(
      `\nThe sample story was played here at ${moment(home.story.playedAt)} and its events are still held; not played again.`,
    )
  }
  const acts = await sandbox.actStory()
  await playStory(acts, {
    url: service.url,
    secret: home.webhookSecret,
    service: createServiceClient({ url: service.url, apiKey: config.apiKeys[0] ?? null }),
    settled: () => engine.settled(),
    output,
  })
  const lastEvent = acts.at(-1)?.events.at(-1)?.id ?? ''
  await writeDevHome(config.dataDirectory, {
    ...home,
    story: { lastEvent, playedAt: sandbox.now() },
  })
}

function suggest(
  service: Service,
  config: ServiceConfig,
  sandbox: DevSandbox | null,
  output: Output,
): void {
  const { paint } = output
  const key = config.apiKeys.length === 0 ? '' : " -H 'authorization: Bearer <PROVISO_API_KEY>'"
  // The embedded database is found by itself; any other is asked for through this service.
  const at = config.target.kind === 'embedded' ? '' : ` --url ${service.url}`
  output.say(`\n${paint.bold('Try next')} ${paint.dim('(Ctrl-C stops)')}`)
  for (const line of [
    ...(sandbox === null
      ? [`stripe listen --forward-to ${service.url}${WEBHOOK_PATH} --all-snapshot`]
      : [
          ...(config.catalogFile === null ? [`open ${sandbox.url}/shop`] : []),
          'npx proviso sandbox advance 31d',
        ]),
    `curl${key} ${service.url}/v1/customers/${STORY_CUSTOMER}/access`,
    `npx proviso explain ${STORY_CUSTOMER} export${at}`,
    `npx proviso grant grace export --note "a friend"${at}`,
    `npx proviso changes --follow${at}`,
  ]) {
    output.say(`  ${line}`)
  }
}
