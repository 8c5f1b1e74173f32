import type { ApiMethod } from '../api.ts';

/** Every method that the local Google Cloud serves: one line for each file in this folder. */
export const apiMethods: readonly ApiMethod[] = [];
