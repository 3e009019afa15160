import { median } from '../measure/quantile.ts'

/** Median of one figure over the rounds; null where no round has it. */
export function medianOf<Sample>(
  samples: readonly Sample[],
  figure: (sample: Sample) => number | null,
): number | null {
  const values = samples.map(figure).filter((value) => value !== null)
  return values.length === 0 ? null : median(values)
}

/** Median of the rounds' own ratios: what slowed the machine in one round slowed both in it. */
export function medianRatio<Sample>(
  samples: readonly Sample[],
  baseline: readonly Sample[],
  figure: (sample: Sample) => number | null,
): number | null {
  const ratios: number[] = []
  samples.forEach((sample, round) => {
    const own = figure(sample)
    const other = baseline[round] === undefined ? null : figure(baseline[round])
    if (own !== null && other !== null && other > 0) ratios.push(own / other)
  })
  return ratios.length === 0 ? null : median(ratios)
}

/** Three figures that matter; `n/a` for what could not be measured. */
export function show(value: number | null): string {
  if (value === null || Number.isNaN(value)) return 'n/a'
  if (value === 0) return '0'
  if (value >= 100) return Math.round(value).toLocaleString('en-US')
  return value >= 10 ? value.toFixed(1) : value >= 1 ? value.toFixed(2) : value.toPrecision(2)
}

export function showRatio(value: number | null): string {
  return value === null ? 'n/a' : `${value >= 10 ? value.toFixed(0) : value.toFixed(2)}×`
}
