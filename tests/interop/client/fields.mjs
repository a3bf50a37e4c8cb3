// The types of the fields of entries (§2.6). A type tells whether a value is within its bounds.

import { isBytes } from "./bytes.mjs";
import { isInteger, isText } from "./msgpack.mjs";

const matches = (pattern) => (value) => isText(value) && pattern.test(value);

/** Text of so many Unicode characters, none of them U+0000. */
export const textOf = (most) => (value) => isText(value) && !value.includes("\0") && [...value].length <= most;

export const bytes = (least, most = least) => (value) => isBytes(value) && value.length >= least && value.length <= most;
export const integer = (least, most) => (value) => isInteger(value) && value >= least && value <= most;
export const arrayOf = (most, of) => (value) => Array.isArray(value) && value.length <= most && value.every(of);
export const tuple = (...types) => (value) =>
  Array.isArray(value) && value.length === types.length && types.every((is, place) => is(value[place]));

export const number = matches(/^[0-9A-Za-z-]{1,20}$/);
export const numberOrNone = matches(/^[0-9A-Za-z-]{0,20}$/);
export const word = matches(/^[a-z_]{0,32}$/);
export const logId = matches(/^[a-z2-7]{32}$/);
export const rule = matches(/^([A-F][0-9]{1,2})?$/);
export const direction = matches(/^(in|out)$/);
export const text = textOf(400);
export const why = textOf(300);
export const issuer = (value) => textOf(60)(value) && value !== "";
export const message = (value) => textOf(200)(value) && value !== "";
export const stars = (value) => isInteger(value) && value >= 1 && value <= 5;
export const any = isInteger;
export const count = integer(0, Number.MAX_SAFE_INTEGER);
export const bit = integer(0, 1);
export const hash = bytes(32);
export const hashOrNone = bytes(0, 32);
