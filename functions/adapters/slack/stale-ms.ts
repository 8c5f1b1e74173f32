/** A sender's claim on a notice is over after this long (ms); no try is begun that could outlive it. */
export const staleMs = 120_000;
