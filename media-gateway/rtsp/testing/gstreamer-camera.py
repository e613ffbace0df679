"""An RTSP camera made of GStreamer: moving picture (H.264) and a tone (G.711 A-law). Prints its port, ends with its standard input.

Run with the system's Python: /usr/bin/python3 gstreamer-camera.py --help
"""

import argparse
import sys
import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

options = argparse.ArgumentParser()
options.add_argument("--port", default="0")
options.add_argument("--auth", choices=["none", "basic", "digest"], default="none")
options.add_argument("--user", default="viewer")
options.add_argument("--password", default="")
options.add_argument("--width", type=int, default=640)
options.add_argument("--height", type=int, default=360)
options.add_argument("--parameter-sets", choices=["in-band", "sdp-only"], default="in-band")
options.add_argument("--video", choices=["h264", "h265", "none"], default="h264")
options.add_argument("--audio", choices=["pcma", "pcmu", "none"], default="pcma")
args = options.parse_args()

Gst.init(None)
fps = 15
parts = []
if args.video == "h264":
    # config-interval -1 sends SPS and PPS with every key frame, 0 leaves them to the SDP (avc keeps them out of the stream).
    interval = -1 if args.parameter_sets == "in-band" else 0
    parts.append(
        f"videotestsrc is-live=true pattern=ball ! video/x-raw,format=I420,width={args.width},height={args.height},framerate={fps}/1"
        f" ! x264enc tune=zerolatency speed-preset=ultrafast bitrate=600 key-int-max={fps * 2} threads=1"
        f" ! video/x-h264,profile=high,stream-format=avc ! rtph264pay name=pay{len(parts)} pt=96 config-interval={interval}"
    )
if args.video == "h265":
    parts.append(
        "videotestsrc is-live=true ! video/x-raw,format=I420,width=320,height=240,framerate=5/1"
        f" ! x265enc tune=zerolatency speed-preset=ultrafast bitrate=200 ! rtph265pay name=pay{len(parts)} pt=97"
    )
if args.audio != "none":
    encoder, payloader, number = {"pcma": ("alawenc", "rtppcmapay", 8), "pcmu": ("mulawenc", "rtppcmupay", 0)}[args.audio]
    parts.append(f"audiotestsrc is-live=true freq=440 volume=0.5 ! audio/x-raw,rate=8000,channels=1 ! {encoder} ! {payloader} name=pay{len(parts)} pt={number}")

server = GstRtspServer.RTSPServer()
server.set_address("127.0.0.1")
server.set_service(args.port)
factory = GstRtspServer.RTSPMediaFactory()
factory.set_launch("( " + " ".join(parts) + " )")
factory.set_shared(True)
if args.auth != "none":
    auth = GstRtspServer.RTSPAuth()
    token = GstRtspServer.RTSPToken()
    token.set_string(GstRtspServer.RTSP_TOKEN_MEDIA_FACTORY_ROLE, "user")
    if args.auth == "basic":
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.BASIC)
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(args.user, args.password), token)
    else:
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        auth.add_digest(args.user, args.password, token)
    server.set_auth(auth)
    access = Gst.Structure.new_from_string("user,media.factory.access=(boolean)true,media.factory.construct=(boolean)true")
    permissions = GstRtspServer.RTSPPermissions.new()
    permissions.add_role_from_structure(access)
    factory.set_permissions(permissions)
server.get_mount_points().add_factory("/live", factory)
server.attach(None)
print(server.get_bound_port(), flush=True)

loop = GLib.MainLoop()


def end_with_parent():
    sys.stdin.read()
    loop.quit()


threading.Thread(target=end_with_parent, daemon=True).start()
loop.run()
