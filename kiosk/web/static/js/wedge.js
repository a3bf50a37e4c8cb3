// A hand scanner types like a keyboard. Its keys are caught for the whole document, by `event.code`: what a Chinese input method
// or a focused field would make of them does not matter. Known by its prefix, or by a speed that no person types at.

const PREFIXES = new Set(["RV1:", "RVT:"]); // a badge, a walk-in's code
const PREFIX_LENGTH = 4;
const GAP_MS = 250; // before it is known for a badge; slow Bluetooth scanners need up to 60
const BADGE_GAP_MS = 1_000; // within a badge: nobody else types our prefix
const FAST_MS = 40; // between keys of a code without our prefix
const PLAIN_MIN = 8; // shorter bursts are people
const TEXT_MAX = 4_296; // what the largest QR code holds
const ENDS = new Set(["Enter", "NumpadEnter", "Tab"]);

const SHIFTED = { 1: "!", 2: "@", 3: "#", 4: "$", 5: "%", 6: "^", 7: "&", 8: "*", 9: "(", 0: ")" };
const OTHERS = {
  Space: "  ", Minus: "-_", Equal: "=+", Period: ".>", Slash: "/?", Semicolon: ";:", Comma: ",<",
  Quote: "'\"", BracketLeft: "[{", BracketRight: "]}", Backslash: "\\|", Backquote: "`~",
  NumpadAdd: "++", NumpadSubtract: "--", NumpadMultiply: "**", NumpadDivide: "//", NumpadDecimal: "..",
};

// Listens for scanners; onCode is told each text.
export function listenForWedge(onCode) {
  const wedge = new Wedge(onCode);
  document.addEventListener("keydown", (event) => wedge.key(event), { capture: true });
  document.addEventListener("visibilitychange", () => wedge.forget());
}

// The character that a scanner set to an American keyboard means by a key; "" for none.
export function character(code, isShift) {
  if (/^Key[A-Z]$/.test(code)) return isShift ? code[3] : code[3].toLowerCase();
  if (/^Digit\d$/.test(code)) return isShift ? SHIFTED[code[5]] : code[5];
  if (/^Numpad\d$/.test(code)) return code[6];
  const pair = OTHERS[code];
  return pair ? pair[isShift ? 1 : 0] : "";
}

export class Wedge {
  constructor(onCode) {
    this.onCode = onCode;
    this.forget();
  }

  forget() {
    this.text = "";
    this.last = -Infinity;
    this.isFast = true;
    this.isBadge = false;
    this.field = null;
  }

  key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || /^(Shift|CapsLock)/.test(event.code)) return;
    const gap = event.timeStamp - this.last;
    if (gap > (this.isBadge ? BADGE_GAP_MS : GAP_MS)) this.begin();
    else if (gap > FAST_MS && this.text) this.isFast = false;
    this.last = event.timeStamp;
    if (ENDS.has(event.code)) this.end(event);
    else this.add(event);
  }

  begin() {
    this.forget();
    const active = document.activeElement;
    const isField = active?.matches?.("input, textarea") && active.type !== "radio";
    this.field = isField ? { element: active, value: active.value } : null;
  }

  add(event) {
    const typed = character(event.code, event.shiftKey);
    if (!typed || this.text.length >= TEXT_MAX) return;
    this.text += typed;
    // A badge is capitals only; with Caps Lock on a scanner sends the others.
    const found = this.text.length - PREFIX_LENGTH;
    if (!this.isBadge && PREFIXES.has(this.text.slice(found).toUpperCase())) this.claim(found);
    if (this.isBadge) swallow(event);
  }

  // From here on the keys are ours: what the field got of the prefix is taken back, an input method lets go.
  claim(found) {
    this.isBadge = true;
    this.text = this.text.slice(found);
    if (!this.field) return;
    const { element, value } = this.field;
    element.blur();
    element.value = value;
    setTimeout(() => { element.value = value; });
  }

  end(event) {
    const text = this.isBadge ? this.text.toUpperCase() : this.text;
    const isPlain = this.isFast && !this.field && text.length >= PLAIN_MIN;
    if (this.isBadge || isPlain) {
      swallow(event);
      this.onCode(text);
    }
    this.forget();
  }
}

function swallow(event) {
  event.preventDefault();
  event.stopPropagation();
}
