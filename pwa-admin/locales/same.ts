/** The words of another language: the same keys, all the way down. */
export type Same<T> = { [K in keyof T]: T[K] extends string ? string : Same<T[K]> }
