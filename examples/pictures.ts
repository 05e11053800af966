// Picture files: read, looked at without decoding, fitted to a network's input, and written again.
import {
  decodeImage,
  encodeJpeg,
  encodePng,
  letterbox,
  type Picture,
  pictureInfo,
  resized,
  toGrey,
  toRgb,
} from "fovea/picture";

/** A sunset of 60 × 40 pixels, half of it under a transparent sky. */
const sunset: Picture = {
  width: 60,
  height: 40,
  channels: 4,
  data: Uint8Array.from({ length: 60 * 40 * 4 }, (_, i) => {
    const y = Math.floor(i / 240);
    return [200 - y, 120 - 2 * y, 60 + y, y < 20 ? 0 : 255][i % 4]!;
  }),
};

const file = await encodePng(sunset); // bytes, as they would come from a disk or a server
const { format, width, height, channels, orientation } = pictureInfo(file); // from the header, nothing is decoded
console.log(`${format}, ${width} × ${height}, ${channels} channels, orientation ${orientation}`);

const picture = await decodeImage(file, { file: "sunset.png", maxPixels: 10_000_000 });
const photo = toRgb(picture); // what is transparent shows white
console.log(`top ${photo.data.subarray(0, 3).join(", ")}; bottom ${photo.data.slice(-3).join(", ")}`);

const square = letterbox(photo, 32, 32); // aspect ratio kept; bands in the colour of the border
const small = resized(toGrey(picture), 30, 20); // any size, one channel
console.log(`${square.width} × ${square.height} × ${square.channels}, ${small.data.length} bytes of grey`);

const jpeg = encodeJpeg(photo, 90); // quality on libjpeg's scale
const again = await decodeImage(jpeg);
const most = Math.max(...again.data.map((value, i) => Math.abs(value - photo.data[i]!)));
console.log(`JPEG: ${pictureInfo(jpeg).channels} channels, values off by at most ${most}`);

const refused = await decodeImage(file.subarray(0, 70), { file: "sunset.png" }).catch(String);
console.log(refused);
