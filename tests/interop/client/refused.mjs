// An expected no of the document: what was read is not what it should be. `code` is one of its codes.

export class Refused extends Error {
  constructor(code, why = "") {
    super(why ? `${code}: ${why}` : code);
    this.code = code;
  }
}

/** Throw a refusal with this code unless something holds. */
export function demand(holds, code, why) {
  if (!holds) throw new Refused(code, why);
}

/** Give the code with which something is refused, or null if it is not. Faults of ours pass through. */
export function codeOf(action) {
  try {
    action();
  } catch (error) {
    if (error instanceof Refused) return error.code;
    throw error;
  }
  return null;
}
