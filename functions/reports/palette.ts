export type Paint = (text: string) => string;

/** Colours as functions; picocolors fits. */
export interface Palette {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly red: Paint;
  readonly yellow: Paint;
  readonly green: Paint;
  readonly cyan: Paint;
}

const asItIs: Paint = (text) => text;

/** No colours: pipes, files, NO_COLOR. */
export const plainPalette: Palette = {
  bold: asItIs,
  dim: asItIs,
  red: asItIs,
  yellow: asItIs,
  green: asItIs,
  cyan: asItIs,
};
