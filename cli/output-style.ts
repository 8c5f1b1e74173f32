import pc from 'picocolors';
import { type Palette, plainPalette } from '../functions/reports/palette.ts';

/** Colours and width of stdout: none in pipes and files, or with NO_COLOR. */
export function outputStyle(): { readonly palette: Palette; readonly columns?: number } {
  const { bold, dim, red, yellow, green, cyan } = pc;
  const palette = pc.isColorSupported && process.stdout.isTTY ? { bold, dim, red, yellow, green, cyan } : plainPalette;
  return { palette, ...(process.stdout.columns ? { columns: process.stdout.columns } : {}) };
}
