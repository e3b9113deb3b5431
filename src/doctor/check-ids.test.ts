import type { EngineInfo } from '../engine/engine';
import { checkIds } from './check-ids';

const engine = (rootless: boolean) => ({ rootless }) as EngineInfo;

test.each([
  [1000, undefined, true],
  [1000, engine(false), true],
  [0, engine(true), true],
  [1000, engine(true), false],
])('uid %d, %j', (uid, info, ok) => {
  const finding = checkIds(uid, 100, info);
  expect(finding).toMatchObject({ check: 'ids', ok });
  expect(finding.text).toContain(`you are ${uid}:100`);
  expect(finding.remedy === undefined).toBe(ok);
});
