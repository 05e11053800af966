// Pictures from the camera of this machine. The stream ends with the component; nothing of it leaves the machine.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { t } from "./texts.ts";

const quality = 0.95;

export function Camera({ onPicture }: { onPicture: (picture: Blob) => void }) {
  const video = useRef<HTMLVideoElement>(null);
  const problem = useSignal<string | null>(null);
  const isOn = useSignal(false);
  useEffect(() => {
    let stream: MediaStream | null = null;
    let isGone = false;
    void navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 1280 } } }).then(
      (given) => {
        stream = given;
        if (isGone) end(given);
        else if (video.current) video.current.srcObject = given;
      },
      (error: Error) => {
        problem.value = t("noCamera", { reason: error.message });
      },
    );
    return () => {
      isGone = true;
      if (stream) end(stream);
    };
  }, [problem]);
  const take = () => {
    const { videoWidth: width, videoHeight: height } = video.current!;
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [width, height];
    canvas.getContext("2d")!.drawImage(video.current!, 0, 0);
    canvas.toBlob((picture) => picture && onPicture(picture), "image/jpeg", quality);
  };
  if (problem.value !== null) {
    return (
      <p class="problem" role="alert">
        {problem.value}
      </p>
    );
  }
  return (
    <div class="camera">
      <video
        ref={video}
        autoplay
        muted
        playsInline
        aria-label={t("camera")}
        onPlaying={() => {
          isOn.value = true;
        }}
      />
      <button type="button" class="primary" disabled={!isOn.value} onClick={take}>
        {t("take")}
      </button>
    </div>
  );
}

function end(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
