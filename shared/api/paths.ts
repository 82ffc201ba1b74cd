/** A place on the node's machine, from the top: of a Unix or of a drive. */
export const ABSOLUTE_PATH = /^([/\\]|[A-Za-z]:[/\\])/
