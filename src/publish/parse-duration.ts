import { BuildenvError } from '../errors/buildenv-error';

const MILLISECONDS: Readonly<Record<string, number>> = {
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/**
 * Milliseconds of a duration in minutes, hours, days or weeks: `90m`, `12h`, `3d`, `2w`.
 * @param option what it is the value of, for the message
 * @throws {BuildenvError} `usage`
 */
export function parseDuration(option: string, text: string): number {
  const [, count, unit = ''] = /^(\d{1,6})([mhdw])$/.exec(text) ?? [];
  const milliseconds = MILLISECONDS[unit];
  if (count !== undefined && milliseconds !== undefined) return Number(count) * milliseconds;
  throw new BuildenvError('usage', `${option} is no duration: '${text}'`, {
    hint: 'Write a number and m, h, d or w for minutes, hours, days or weeks: 3d.',
  });
}
