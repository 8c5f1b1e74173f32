/** What Workflows allows (FACTS 7). Sizes in bytes, times in seconds. */
export const limits = {
  sourceBytes: 128 * 1024,
  argumentBytes: 32 * 1024,
  /** Of all variables of an execution together. */
  memoryBytes: 512 * 1024,
  stringBytes: 256 * 1024,
  responseBytes: 2 * 1024 * 1024,
  expressionLength: 400,
  assignments: 50,
  conditions: 50,
  branches: 10,
  parameters: 10,
  /** Branches and iterations of one execution that run at once. */
  concurrency: 20,
  parallelNesting: 2,
  callDepth: 20,
  steps: 100_000,
  httpTimeout: 1800,
  defaultHttpTimeout: 300,
  defaultCallbackTimeout: 43_200,
  /** A year: the longest execution, and so the longest wait. */
  executionSeconds: 31_536_000,
} as const;
