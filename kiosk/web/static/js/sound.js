// A sound of its own for each kind of answer, made here. Unlocked by the tap that starts the duty.

const SOUNDS = {
  in: [[660, 0, 0.1], [990, 0.11, 0.16]],
  out: [[880, 0, 0.1], [587, 0.11, 0.18]],
  again: [[740, 0, 0.07], [740, 0.12, 0.07]],
  check: [[523, 0, 0.09], [523, 0.14, 0.09], [698, 0.28, 0.14]],
  problem: [[196, 0, 0.28], [165, 0.32, 0.4]],
};
const BUZZES = { in: [60], out: [60, 50, 60], again: [30, 40, 30], check: [120], problem: [300, 100, 300] };
let audio = null;

export async function unlock() {
  try {
    audio ??= new AudioContext();
    await audio.resume();
  } catch {
    audio = null;
  }
}

export const isSilent = () => audio?.state !== "running";

export function play(kind) {
  navigator.vibrate?.(BUZZES[kind] ?? []);
  if (isSilent()) return;
  for (const [frequency, startS, lengthS] of SOUNDS[kind] ?? []) {
    tone(frequency, audio.currentTime + startS, lengthS, kind === "problem" ? "sawtooth" : "triangle");
  }
}

function tone(frequency, at, lengthS, shape) {
  const source = new OscillatorNode(audio, { type: shape, frequency });
  const volume = new GainNode(audio, { gain: 0 });
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(0.6, at + 0.01);
  volume.gain.exponentialRampToValueAtTime(0.001, at + lengthS);
  source.connect(volume).connect(audio.destination);
  source.start(at);
  source.stop(at + lengthS);
}
