// The server's doors over HTTP (§11), and what it says when it refuses (§13).

import { isText } from "./msgpack.mjs";

const JSON_TYPE = "application/json";
const BATCH_TYPE = "application/vnd.redvest.batch";
const PARCEL_TYPE = "application/vnd.redvest.parcel";
export const BUNDLE_TYPE = "application/vnd.redvest.bundle";

/** An answer that is not success: decide by `code` and `kept`. Without a problem document, code is "". */
export class Problem extends Error {
  constructor(status, { code = "", kept = false, detail = "" } = {}, retryAfter_s = null) {
    super(`${status} ${code}: ${detail}`);
    Object.assign(this, { status, code, kept: kept === true, retryAfter_s });
  }
}

// ---- shapes of replies: fields that are not named are passed over (§11.1)

const isHex = (value, length) => isText(value) && value.length === 2 * length && /^[0-9a-f]*$/.test(value);
const isNumber = (value) => Number.isSafeInteger(value);
const orNull = (is) => (value) => value === null || is(value);
const isObject = (shape) => (value) =>
  typeof value === "object" && value !== null && Object.entries(shape).every(([name, is]) => is(value[name]));
const isListOf = (is, most) => (value) => Array.isArray(value) && value.length <= most && value.every(is);
const isKey = (value) => isHex(value, 32);
const SIGNED = { statement: isText, signature: (value) => isHex(value, 64) };
const isSigned = isObject(SIGNED);

const SHAPES = {
  keys: isObject({ key: isKey, ...SIGNED }),
  enrol: isObject({ site: isText, site_name: isText, post: orNull(isText) }),
  hello: isObject({
    time: isSigned,
    enrolled: (value) => typeof value === "boolean",
    site: orNull(isText),
    post: orNull(isText),
    ranges: isListOf(isObject({ first: isNumber, last: isNumber, hash: isKey }), 1_000),
    place: orNull(isSigned),
    channels: isListOf(isObject({ channel: isText, number: isNumber }), 8),
    revoked: (value) => value === undefined || typeof value === "boolean",
  }),
  push: isObject({ receipt: isSigned }),
  slip: isObject({ receipt: isSigned, fresh: isNumber }),
  deposit: isObject({ fresh: isNumber, whole: (value) => typeof value === "boolean" }),
};

/** The doors of one server. Each call gives what the door answered with 200, or throws a Problem. */
export class Doors {
  constructor(url) {
    this.url = `${url}/sync/v1`;
  }

  keys = () => this.#json("keys");
  enrol = (request) => this.#json("enrol", JSON.stringify(request));
  hello = (request) => this.#json("hello", JSON.stringify(request));
  slip = (request) => this.#json("slip", JSON.stringify(request));
  push = (batch) => this.#json("push", batch, BATCH_TYPE);
  deposit = (parcel) => this.#json("deposit", parcel, PARCEL_TYPE);
  pull = (request) => this.#ask("pull", JSON.stringify(request), JSON_TYPE, PARCEL_TYPE);
  bundle = (file) => this.#ask("bundle", file, BUNDLE_TYPE, BUNDLE_TYPE);

  async #json(door, body, type = JSON_TYPE) {
    const text = (await this.#ask(door, body, type, JSON_TYPE)).toString("utf8");
    const reply = parse(text);
    if (!SHAPES[door](reply)) throw new Problem(200, { detail: `not what ${door} answers` });
    return reply;
  }

  async #ask(door, body, type, wanted) {
    const request = body === undefined ? {} : { method: "POST", body, headers: { "Content-Type": type } };
    const answer = await fetch(`${this.url}/${door}`, { ...request, redirect: "error" });
    const bytes = Buffer.from(await answer.arrayBuffer());
    if (answer.status === 200 && mediaType(answer) === wanted) return bytes;
    const isProblem = mediaType(answer) === "application/problem+json";
    const retryAfter = Number(answer.headers.get("Retry-After") ?? NaN);
    throw new Problem(answer.status, isProblem ? parse(bytes.toString()) : {}, Number.isNaN(retryAfter) ? null : retryAfter);
  }
}

const mediaType = (answer) => (answer.headers.get("Content-Type") ?? "").split(";")[0].trim().toLowerCase();

function parse(text) {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}
