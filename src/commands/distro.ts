import type { Command } from './command';
export const distro: Command = { name: 'distro', summary: 'x', examples: [], run: () => Promise.resolve({}) };
