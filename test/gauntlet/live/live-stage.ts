import { createSandbox, type Sandbox } from '../../../src/sandbox/index.ts'
import { NO_CHAOS, type Chaos } from '../../../src/sandbox/delivery/chaos.ts'
import { secondsIn, type Duration } from '../../../src/sandbox/duration.ts'
import { sandboxClient } from '../../../src/sandbox/library/client.ts'
import { Random } from '../../../src/sandbox/random.ts'
import type { Scenario } from '../../sandbox/scenarios/scenario.ts'
import { Stage, START, type Told } from '../../sandbox/scenarios/stage.ts'

/** What happens beside the story: called between its steps, and while its time passes. */
export interface Meanwhile {
  /** Unix seconds at which something of ours falls due, at most `end`. */
  nextStop(end: number): number
  /** The sandbox's time is where it stops, and its deliveries are made. */
  stopped(): Promise<void>
}

/**
 * A stage whose sandbox listens and delivers while the story is played. Each call of the story waits
 * until what is due has been delivered, so the order of all things is a function of the seed.
 */
export class LiveStage extends Stage {
  /** The sandbox as others call it: a contestant that reads in a delivery must not wait for its end. */
  readonly unpaced: Sandbox

  private constructor(sandbox: Sandbox, meanwhile: Meanwhile) {
    super(paced(sandbox, meanwhile))
    this.unpaced = sandbox
  }

  /** `chaos`: what its mail will suffer. */
  static async listen(
    scenario: Scenario,
    meanwhile: Meanwhile,
    chaos: Chaos = NO_CHAOS,
  ): Promise<LiveStage> {
    const sandbox = await createSandbox({
      seed: scenario.rows.join(),
      now: START,
      listen: true,
      ...(scenario.settings === undefined ? {} : { settings: scenario.settings }),
    })
    const { world } = sandbox
    // A draft waits for endpoints that fail (stripe-facts row 40); then each mishap would tell another story.
    if (chaos.drop > 0 || chaos.delay > 0) world.awaits = () => false
    // Nor may the story depend on how often somebody reads: requests are numbered apart.
    const requests = new Random(`${scenario.rows.join()} requests`)
    const id = world.id.bind(world)
    world.id = (prefix, length = 24) =>
      prefix === 'req' ? `req_${requests.text(length)}` : id(prefix, length)
    return new LiveStage(sandbox, meanwhile)
  }

  /** A story counts events; one that was doubled on the way is to it still one. */
  override since(...types: string[]): Told[] {
    const told = super.since(...types)
    return told.filter(({ type, object }, at) => {
      const before = told[at - 1]
      return before === undefined || before.type !== type || before.object !== object
    })
  }
}

function paced(sandbox: Sandbox, meanwhile: Meanwhile): Sandbox {
  const calm = async <T>(result: Promise<T>): Promise<T> => {
    const value = await result
    await sandbox.delivered()
    return value
  }
  const watched = Object.create(sandbox, {
    fetch: { value: (request: Request) => calm(sandbox.fetch(request)) },
    pay: { value: (...how: Parameters<Sandbox['pay']>) => calm(sandbox.pay(...how)) },
    client: { value: (wanted = {}) => sandboxClient(watched, wanted) },
    advance: { value: (by: Duration) => advance(sandbox, secondsIn(by), meanwhile) },
  }) as Sandbox
  return watched
}

async function advance(sandbox: Sandbox, by: number, meanwhile: Meanwhile): Promise<void> {
  const end = sandbox.now() + by
  do {
    const next = Math.min(end, Math.max(sandbox.now() + 1, meanwhile.nextStop(end)))
    await sandbox.advance({ seconds: Math.max(0, next - sandbox.now()) })
    await meanwhile.stopped()
  } while (sandbox.now() < end)
}
