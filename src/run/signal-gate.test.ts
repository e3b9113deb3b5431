import type { ForwardedSignal } from './process-side';
import { SignalGate } from './signal-gate';

/** Signals that a test sends, and whether somebody listens. */
class Signals {
  private readonly listeners = new Set<(signal: ForwardedSignal) => void>();
  readonly onSignal = (listener: (signal: ForwardedSignal) => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };
  get heard(): boolean {
    return this.listeners.size > 0;
  }
  send(signal: ForwardedSignal): void {
    for (const listener of this.listeners) listener(signal);
  }
}

test('signals are passed on once the gate is open, until it is closed', () => {
  const signals = new Signals();
  const gate = new SignalGate(signals);
  const passed: string[] = [];
  gate.open((signal) => passed.push(signal));
  signals.send('SIGINT');
  signals.send('SIGTERM');
  gate.close();
  signals.send('SIGHUP');
  expect(passed).toEqual(['SIGINT', 'SIGTERM']);
  expect(signals.heard).toBe(false);
});

test('the first signal that came before cancels the run and is not passed on', () => {
  const signals = new Signals();
  const gate = new SignalGate(signals);
  const passed: string[] = [];
  signals.send('SIGTERM');
  signals.send('SIGINT');
  expect(() => gate.open((signal) => passed.push(signal))).toThrow(
    expect.objectContaining({ code: 'interrupted', signal: 'SIGTERM' }) as Error,
  );
  expect(passed).toEqual([]);
});
