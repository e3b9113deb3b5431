import type { TransferProgress } from '../../engine/engine';
import { formatSize } from '../format-size';

/** The engine's words for a layer that is where it should be. */
const DONE = /^(?:Pushed|Layer already exists|Mounted from .*|Pull complete|Already exists)$/;
/** Those while its bytes are on their way, the only ones that add up. */
const MOVING = /^(?:Pushing|Downloading)$/;

/** Adds up the progress of a transfer's layers. */
export class LayerProgress {
  private readonly layers = new Map<
    string,
    { done: boolean; bytes: { current: number; total: number } }
  >();

  /** @returns one line for the layer where that is done now */
  accept({ id, text, bytes }: TransferProgress): string | undefined {
    if (!/^[0-9a-f]{12}$/.test(id)) return undefined;
    const layer = this.layers.get(id) ?? { done: false, bytes: { current: 0, total: 0 } };
    this.layers.set(id, layer);
    if (bytes !== undefined && MOVING.test(text)) layer.bytes = bytes;
    if (layer.done || !DONE.test(text)) return undefined;
    layer.done = true;
    layer.bytes = { ...layer.bytes, current: layer.bytes.total };
    return `${id} ${text.toLowerCase()}`;
  }

  /** `2 of 7 layers, 120 MB of 374 MB` */
  summary(): string {
    const layers = [...this.layers.values()];
    const sum = (part: 'current' | 'total') =>
      layers.reduce((total, { bytes }) => total + bytes[part], 0);
    const done = layers.filter((layer) => layer.done).length;
    const count = `${done} of ${layers.length} layers`;
    if (sum('total') === 0) return count;
    return `${count}, ${formatSize(Math.min(sum('current'), sum('total')))} of ${formatSize(sum('total'))}`;
  }
}
