// What this browser remembers between visits: language, type size, camera. Nothing about any person.

export function remember(name, value) {
  try {
    localStorage.setItem(`redvest.${name}`, value);
  } catch {
    // A browser that keeps nothing still works.
  }
}

export function recall(name, otherwise) {
  try {
    return localStorage.getItem(`redvest.${name}`) ?? otherwise;
  } catch {
    return otherwise;
  }
}
