/** The last part of a path, of either kind. */
export const baseName = (path: string): string => path.split(/[\\/]/).findLast((part) => part !== "") ?? path;
