"""An RTSP camera whose picture is the time: 32 blocks from left to right are the bits of the milliseconds since the epoch, low 32.

Two rows: the bits, and below them their opposite, so that a reader knows a torn or smeared picture. Prints its port, ends with its
standard input. Run with the system's Python: /usr/bin/python3 clock-camera.py [--key-interval FRAMES]
"""

import argparse
import sys
import threading
import time

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

options = argparse.ArgumentParser()
options.add_argument("--key-interval", type=int, default=50)
args = options.parse_args()

Gst.init(None)
WIDTH, HEIGHT, FPS, ROW = 640, 360, 25, 48
BLOCK = WIDTH // 32
GREY = bytes([128]) * (WIDTH * (HEIGHT - 2 * ROW))
CHROMA = bytes([128]) * (WIDTH * HEIGHT // 2)
WHITE, BLACK = bytes([235]) * BLOCK, bytes([16]) * BLOCK


def picture(milliseconds):
    bits = [(milliseconds >> (31 - n)) & 1 for n in range(32)]
    row = b"".join(WHITE if bit else BLACK for bit in bits) * ROW
    opposite = b"".join(BLACK if bit else WHITE for bit in bits) * ROW
    return row + opposite + GREY + CHROMA


def feed(source, stop):
    due = time.monotonic()
    while not stop.is_set():
        buffer = Gst.Buffer.new_wrapped(picture(int(time.time() * 1000) & 0xFFFFFFFF))
        if source.emit("push-buffer", buffer) != Gst.FlowReturn.OK:
            return
        due = max(due + 1 / FPS, time.monotonic() - 0.2)
        stop.wait(max(0, due - time.monotonic()))


def configure(_factory, media):
    source = media.get_element().get_by_name_recurse_up("clock") or media.get_element().get_child_by_name("clock")
    stop = threading.Event()
    media.connect("unprepared", lambda _media: stop.set())
    threading.Thread(target=feed, args=(source, stop), daemon=True).start()


factory = GstRtspServer.RTSPMediaFactory()
factory.set_launch(
    f"( appsrc name=clock is-live=true do-timestamp=true format=time caps=video/x-raw,format=I420,width={WIDTH},height={HEIGHT},framerate={FPS}/1"
    f" ! x264enc tune=zerolatency speed-preset=ultrafast bitrate=1500 key-int-max={args.key_interval} threads=1"
    " ! video/x-h264,profile=baseline ! rtph264pay name=pay0 pt=96 config-interval=-1 )"
)
factory.set_shared(True)
factory.connect("media-configure", configure)
server = GstRtspServer.RTSPServer()
server.set_address("127.0.0.1")
server.set_service("0")
server.get_mount_points().add_factory("/live", factory)
server.attach(None)
print(server.get_bound_port(), flush=True)

loop = GLib.MainLoop()


def end_with_parent():
    sys.stdin.read()
    loop.quit()


threading.Thread(target=end_with_parent, daemon=True).start()
loop.run()
