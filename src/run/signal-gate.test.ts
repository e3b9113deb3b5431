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

test('the first signal that came before the check cancels the run', () => {
  const signals = new Signals();
  const gate = new SignalGate(signals);
  expect(() => gate.check()).not.toThrow();
  signals.send('SIGTERM');
  signals.send('SIGINT');
  expect(() => gate.check()).toThrow(
    expect.objectContaining({ code: 'interrupted', signal: 'SIGTERM' }) as Error,
  );
});

test('signals that come between check and opening are passed on then, in order', () => {
  const signals = new Signals();
  const gate = new SignalGate(signals);
  gate.check();
  signals.send('SIGTERM');
  signals.send('SIGINT');
  const passed: string[] = [];
  gate.open((signal) => passed.push(signal));
  expect(passed).toEqual(['SIGTERM', 'SIGINT']);
});
