// The camera: opened by a tap, looked at by a worker, opened again by itself when it comes back. One window at a time has it.

import { recall, remember } from "./prefs.js";

const LOOK_MS = 80;
const WIDTH_MAX = 960;
const SEEN_MS = 3_000; // a badge that stays in view is one scan; it counts again after being away so long
const FROZEN_MS = 5_000;
const RETRY_MS = 3_000;
const TROUBLE = {
  NotAllowedError: "denied", SecurityError: "insecure", NotFoundError: "missing", OverconstrainedError: "missing",
  NotReadableError: "busy", AbortError: "busy",
};

export class Camera {
  // onCode: told each text that comes into view. onTrouble: told a word of `camera.*`, "" once it works.
  constructor(video, { onCode, onTrouble }) {
    this.video = video;
    this.onCode = onCode;
    this.onTrouble = onTrouble;
    this.seen = new Map();
    this.generation = 0;
    navigator.mediaDevices?.addEventListener?.("devicechange", () => this.comeBack());
    document.addEventListener("visibilitychange", () => this.comeBack());
  }

  // Opens the camera; must come from a tap the first time.
  async start() {
    const generation = this.stop("starting");
    if (!navigator.mediaDevices?.getUserMedia) return this.fail("insecure");
    if (!(await this.claim())) return this.fail("other_tab");
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: wanted() });
      if (generation !== this.generation) return stopTracks(stream);
      this.stream = stream;
      this.video.srcObject = stream;
      await this.video.play();
    } catch (error) {
      return generation === this.generation ? this.fail(TROUBLE[error.name] ?? "busy") : undefined;
    }
    return this.follow(generation);
  }

  stop(word = "idle") {
    this.generation += 1;
    clearTimeout(this.again);
    stopTracks(this.stream);
    this.stream = null;
    this.video.srcObject = null;
    this.isWanted = word !== "idle";
    if (!this.isWanted) this.release?.();
    this.onTrouble(word);
    return this.generation;
  }

  // Lists cameras as {id, label}; labels are known once one was allowed.
  async list() {
    const devices = (await navigator.mediaDevices?.enumerateDevices?.()) ?? [];
    return devices.filter((device) => device.kind === "videoinput").map(({ deviceId, label }) => ({ id: deviceId, label }));
  }

  async next() {
    const all = await this.list();
    const at = all.findIndex((device) => device.id === this.track?.getSettings().deviceId);
    remember("camera", all[(at + 1) % all.length]?.id ?? "");
    return this.start();
  }

  get track() {
    return this.stream?.getVideoTracks()[0];
  }

  get hasTorch() {
    return Boolean(this.track?.getCapabilities?.().torch);
  }

  async torch(isOn) {
    await this.track?.applyConstraints({ advanced: [{ torch: isOn }] }).catch(() => {});
  }

  follow(generation) {
    this.video.classList.toggle("mirrored", this.track.getSettings().facingMode !== "environment");
    this.track.addEventListener("ended", () => { if (generation === this.generation) this.fail("lost"); });
    this.onTrouble("");
    this.moved = { at: performance.now(), time: -1 };
    this.look(generation);
  }

  fail(word) {
    stopTracks(this.stream);
    this.stream = null;
    this.onTrouble(word);
    if (["lost", "missing", "busy", "other_tab"].includes(word)) {
      clearTimeout(this.again);
      this.again = setTimeout(() => this.comeBack(), RETRY_MS);
    }
  }

  // Only what may go away by itself is tried again: never a person's no.
  comeBack() {
    if (this.isWanted && !this.stream && !document.hidden && !this.isOpening) {
      this.isOpening = true;
      this.start().finally(() => { this.isOpening = false; });
    }
  }

  async look(generation) {
    if (generation !== this.generation || !this.stream) return;
    const now = performance.now();
    if (this.video.currentTime !== this.moved.time) this.moved = { at: now, time: this.video.currentTime };
    else if (!document.hidden && now - this.moved.at > FROZEN_MS) return this.fail("lost");
    try {
      if (!document.hidden && this.video.readyState >= 2) this.take(await this.decode());
    } catch {
      return this.fail("broken");
    }
    setTimeout(() => this.look(generation), LOOK_MS);
  }

  take(texts) {
    const now = performance.now();
    for (const [text, at] of this.seen) if (now - at > SEEN_MS) this.seen.delete(text);
    for (const text of texts) {
      const isNew = !this.seen.has(text);
      this.seen.set(text, now);
      if (isNew) this.onCode(text);
    }
  }

  async decode() {
    this.native ??= await nativeReader();
    if (this.native) return (await this.native.detect(this.video)).map((found) => found.rawValue).filter(Boolean);
    this.reader ??= new Reader();
    const scale = Math.min(1, WIDTH_MAX / this.video.videoWidth);
    const size = { resizeWidth: Math.round(this.video.videoWidth * scale), resizeHeight: Math.round(this.video.videoHeight * scale) };
    return this.reader.read(await createImageBitmap(this.video, size));
  }

  // One window has the camera at a time; the lock ends with the window.
  claim() {
    if (!navigator.locks || this.release) return true;
    return new Promise((done) => {
      navigator.locks.request("camera", { ifAvailable: true }, (lock) => {
        done(Boolean(lock));
        if (!lock) return undefined;
        return new Promise((free) => { this.release = () => { this.release = null; free(); }; });
      });
    });
  }
}

function wanted() {
  const size = { width: { ideal: 1280 }, height: { ideal: 720 } };
  const chosen = recall("camera", "");
  return chosen ? { ...size, deviceId: { ideal: chosen } } : { ...size, facingMode: { ideal: "user" } };
}

function stopTracks(stream) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

// The browser's own reader, where it has one that knows QR codes; false otherwise.
async function nativeReader() {
  try {
    const formats = await globalThis.BarcodeDetector?.getSupportedFormats();
    return formats?.includes("qr_code") ? new BarcodeDetector({ formats: ["qr_code"] }) : false;
  } catch {
    return false;
  }
}

// Our reader, in a worker, so that the page stays quick.
class Reader {
  constructor() {
    this.worker = new Worker("/static/js/reader_worker.js");
    this.answers = new Map();
    this.count = 0;
    this.worker.addEventListener("message", ({ data }) => this.settle(data));
    this.worker.addEventListener("error", () => this.settle({ error: "worker" }));
  }

  read(bitmap) {
    this.count += 1;
    const id = this.count;
    return new Promise((done, failed) => {
      this.answers.set(id, { done, failed });
      this.worker.postMessage({ id, bitmap }, [bitmap]);
    });
  }

  settle({ id, texts, error }) {
    for (const [key, answer] of this.answers) {
      if (id !== undefined && key !== id) continue;
      this.answers.delete(key);
      if (error) answer.failed(new Error(error));
      else answer.done(texts);
    }
  }
}
