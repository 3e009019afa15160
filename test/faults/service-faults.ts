import type { Fault } from './fault.ts'

/** Mistakes about whose access it is, how long it holds, and what is told of it. */
export const SERVICE_FAULTS: readonly Fault[] = [
  {
    name: 'The feed is numbered by a sequence, so a poller passes what commits late',
    edits: [
      {
        file: 'src/store/migrations.generated.ts',
        from: 'insert into proviso.feed (position) values (0);',
        to: 'insert into proviso.feed (position) values (0);\ncreate sequence proviso.feed_sequence increment by 64;',
      },
      {
        file: 'src/store/statements/changes.ts',
        from: 'update proviso.feed set position = position + $1::int8 where is_only returning position',
        to: "select nextval('proviso.feed_sequence') + $1::int8 as position",
      },
      {
        file: 'src/store/statements/changes-feed.ts',
        from: 'select f.position as head, c.*',
        to: 'select (select coalesce(max(position), 0) from proviso.changes) as head, c.*',
      },
    ],
    caughtBy: {
      project: 'database',
      files: ['test/engine/feed-changes.test.ts'],
      title: 'never lets a poller pass a change',
    },
  },
  {
    name: 'A webhook is acknowledged before its body is committed',
    edits: [
      {
        file: 'src/engine/intake.ts',
        from: '      const inserted = await insert(rows)\n',
        to: '      void insert(rows).catch(() => undefined)\n      const inserted: ObservationIdentity[] = rows\n',
      },
    ],
    caughtBy: { project: 'database', files: ['src/engine/intake.test.ts'] },
  },
  {
    name: 'All that hangs on one Stripe customer is one app customer, whatever metadata says',
    edits: [
      {
        file: 'src/core/identity.ts',
        from: 'ofSubscriptionItself(subscription) ?? fallback(subscription.state.customer, subscription.id)',
        to: 'fallback(subscription.state.customer, subscription.id)',
      },
    ],
    caughtBy: { project: 'core', files: ['src/core/identity.test.ts'] },
  },
  {
    name: 'What is stored is served past its end',
    edits: [
      {
        file: 'src/engine/apply-until.ts',
        from: 'until === null || at < until) return stored',
        to: 'until === null || at < Infinity) return stored',
      },
    ],
    caughtBy: {
      project: 'database',
      files: ['test/engine/holds.test.ts', 'test/engine/clock.test.ts'],
    },
  },
  {
    name: 'Live and test objects are judged together',
    edits: [
      {
        file: 'src/core/evaluate.ts',
        from: "${scope.livemode ? 'live' : 'test'}",
        to: 'live',
      },
    ],
    caughtBy: { project: 'core', files: ['src/core/evaluate.test.ts'] },
  },
  {
    name: 'A question that Stripe has answered is asked again',
    edits: [
      {
        file: 'src/core/renewal-bill.ts',
        from: 'need === null || (need.readAt !== null && need.readAt >= from)',
        to: 'need === null || (need.readAt !== null && need.readAt >= Infinity)',
      },
    ],
    caughtBy: { project: 'core', files: ['src/core/renewal.test.ts'] },
  },
  {
    name: 'A hold keeps what evidence took away',
    edits: [
      {
        file: 'src/core/hold.ts',
        from: 'isTaken }) => isTaken === true)) return null',
        to: 'isTaken }) => isTaken === null)) return null',
      },
    ],
    caughtBy: { project: 'core', files: ['src/core/hold.test.ts'] },
  },
]
