import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('../src/style.css', import.meta.url), 'utf8');
const [light = '', dark = '', chosen = ''] = [...css.matchAll(/:root(?:\[data-theme=dark\]|:not\(\[data-theme=light\]\))?\s*\{([^}]*)\}/g)].map(m => m[1]!);
const colours = (block: string) => Object.fromEntries([...block.matchAll(/--([a-z0-9-]+):\s*(#[0-9a-f]{6})/g)].map(m => [m[1]!, m[2]!]));

/** WCAG 2.2, relative luminance and contrast. */
const part = (hex: string, at: number) => { const v = parseInt(hex.slice(at, at + 2), 16) / 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
const luminance = (hex: string) => 0.2126 * part(hex, 1) + 0.7152 * part(hex, 3) + 0.0722 * part(hex, 5);
const contrast = (a: string, b: string) => { const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p) as [number, number]; return (x + 0.05) / (y + 0.05); };

/** What is written on what. */
const WRITTEN: [string, string[]][] = [
  ['ink', ['paper', 'panel', 'card', 'accent-soft', 'bad-soft', 'mark', 'glass-a', 'glass-c']],
  ['ink-2', ['paper', 'panel', 'card', 'accent-soft', 'bad-soft', 'glass-a', 'glass-c']],
  ['ink-3', ['paper', 'panel', 'card', 'glass-a', 'glass-c']],
  ['accent', ['paper', 'panel', 'card', 'glass-a', 'glass-c']],
  ['bad', ['paper', 'panel', 'card', 'bad-soft']],
  ['paper', ['accent', 'bad']],
  ['panel', ['accent', 'bad']],
];

describe('what is written can be read (WCAG AA)', () => {
  for (const [theme, block] of [['light', light], ['dark', dark]] as const)
    for (const [text, backs] of WRITTEN)
      it(`${text} in the ${theme}`, () => {
        const all = colours(block);
        for (const back of backs) expect(contrast(all[text]!, all[back]!), `${text} on ${back}`).toBeGreaterThanOrEqual(4.5);
      });
  it('is the same dark, liked or chosen', () => expect(colours(dark)).toEqual(colours(chosen)));
});
