/** The middle of the numbers. */
export function median(numbers: readonly number[]): number {
  return percentile(numbers, 50);
}

/** The smallest number that at least `percent` of all numbers do not exceed (nearest rank). */
export function percentile(numbers: readonly number[], percent: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)];
  if (value === undefined) throw new Error('no numbers');
  return value;
}

/** `7 runs, 140-171 ms`: how far they are apart. */
export function describeSpread(numbers: readonly number[], unit: string): string {
  const digits = Math.max(...numbers) < 10 ? 2 : 0;
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)].map((value) => value.toFixed(digits));
  return `${numbers.length} runs, ${least}-${most} ${unit}`;
}
