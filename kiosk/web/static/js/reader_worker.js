// Reads QR codes in pictures of the camera. Reader and its WebAssembly are one pair (`vendor.lock`), both from here.

importScripts("/static/vendor/zxing_reader.js");

const OPTIONS = { formats: ["QRCode"], tryHarder: true, maxNumberOfSymbols: 4, textMode: "Plain" };
let canvas = null;

ZXingWASM.prepareZXingModule({ overrides: { locateFile: (name) => `/static/vendor/${name}` } });

self.onmessage = async ({ data: { id, bitmap } }) => {
  try {
    const found = await ZXingWASM.readBarcodes(pixels(bitmap), OPTIONS);
    self.postMessage({ id, texts: found.map((code) => code.text).filter(Boolean) });
  } catch (error) {
    self.postMessage({ id, error: String(error) });
  }
};

function pixels(bitmap) {
  const { width, height } = bitmap;
  if (canvas?.width !== width || canvas?.height !== height) canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return context.getImageData(0, 0, width, height);
}
