import { codecs } from './codecs.ts';
import { collections } from './collections.ts';
import { expressionHelpers } from './helpers-of-expressions.ts';
import type { LibraryFunction } from './library-function.ts';
import { numbersAndTime } from './numbers-and-time.ts';
import { textFunctions } from './text-functions.ts';

/** The functions of Workflows' standard library that wait for nothing, by name. What is not here is refused when a workflow is deployed. */
export const library: ReadonlyMap<string, LibraryFunction> = new Map(
  Object.entries({ ...expressionHelpers, ...collections, ...textFunctions, ...codecs, ...numbersAndTime }),
);
